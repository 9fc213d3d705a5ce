/**
 * Data sets as other tools leave them: recordings of event cameras, spike files, arrays and images,
 * read as samples of steps. Files are read as streams, so what is held is one sample, not a file.
 *
 * <p>May use: tensor, hdf5. Open {@link org.velella.dataset.SampleReader} first.
 */
package org.velella.dataset;
