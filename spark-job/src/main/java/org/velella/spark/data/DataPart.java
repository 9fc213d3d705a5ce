package org.velella.spark.data;

import java.io.Serializable;

/**
 * Samples of one file that one task reads in one go.
 *
 * @param first of them, in the file
 * @param firstId the id of that one in the table; -1: samples have ids of their own
 */
record DataPart(SourceFile file, long first, long count, long firstId) implements Serializable {}
