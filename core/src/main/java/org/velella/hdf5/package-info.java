/**
 * HDF5 files: datasets of files that are not trusted, read within bounds, and the part of the
 * format that NIR files need, written.
 *
 * <p>May use: tensor; only this room, network.nir and dataset name jHDF. Open {@link
 * org.velella.hdf5.Hdf5Arrays} first.
 */
package org.velella.hdf5;
