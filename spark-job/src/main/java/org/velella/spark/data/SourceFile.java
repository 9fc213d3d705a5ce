package org.velella.spark.data;

import java.io.Serializable;

/**
 * A file to be converted.
 *
 * @param label its class, by its folder; -1 if it has none
 * @param labels the file that holds its labels, or an empty text
 */
record SourceFile(String uri, long length, int label, String labels) implements Serializable {}
