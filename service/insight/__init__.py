"""Figures over many complaints."""
