"""What people ask of their own data: a copy of it, or its end; each with the day it is due."""
