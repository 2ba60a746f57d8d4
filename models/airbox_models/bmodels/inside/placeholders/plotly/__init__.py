"""Stands for Plotly, with which the compiler would draw the differences between layers."""
