"""The record of who did what, and the proof that nobody changed it afterwards."""
