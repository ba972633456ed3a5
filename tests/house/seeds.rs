//! The seeds of the fuzz targets, replayed on stable.
