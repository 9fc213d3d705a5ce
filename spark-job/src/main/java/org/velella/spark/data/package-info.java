/**
 * Data sets as other tools leave them, converted into tables that runs take as input: which files
 * there are, how they are cut into parts, and the tasks that read them.
 *
 * <p>May use: job, store, and core. Open {@link org.velella.spark.data.ConvertData} first.
 */
package org.velella.spark.data;
