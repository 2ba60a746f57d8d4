"""Stands for OpenCV, with which the compiler would read pictures; networks are compiled without any."""
