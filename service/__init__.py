"""企声通: complaints of enterprises, sent to whoever owns them and worked until they are solved."""
