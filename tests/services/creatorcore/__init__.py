"""Tests of the reference CreatorCore, from outside: the program, its file, its wire."""
