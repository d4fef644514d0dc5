"""A story version as plain data, and its pictures as bytes, for connectors that know no Django."""
