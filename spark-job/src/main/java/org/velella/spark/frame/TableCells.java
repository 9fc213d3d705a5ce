package org.velella.spark.frame;

import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.MessageType;

/** Receives the cells of one row, by column. */
public final class TableCells {
  private static final String LIST = "list";
  private static final String ELEMENT = "element";

  private final String[] names;
  private final RecordConsumer consumer;

  TableCells(MessageType message, RecordConsumer consumer) {
    this.names = message.getFields().stream().map(field -> field.getName()).toArray(String[]::new);
    this.consumer = consumer;
  }

  void row(TableRow row) {
    consumer.startMessage();
    row.writeTo(this);
    consumer.endMessage();
  }

  public void put(int column, long value) {
    consumer.startField(names[column], column);
    consumer.addLong(value);
    consumer.endField(names[column], column);
  }

  public void put(int column, int value) {
    consumer.startField(names[column], column);
    consumer.addInteger(value);
    consumer.endField(names[column], column);
  }

  public void put(int column, double value) {
    consumer.startField(names[column], column);
    consumer.addDouble(value);
    consumer.endField(names[column], column);
  }

  public void put(int column, Binary value) {
    consumer.startField(names[column], column);
    consumer.addBinary(value);
    consumer.endField(names[column], column);
  }

  public void put(int column, String value) {
    put(column, Binary.fromString(value));
  }

  /** The list {@code values[from, to)}. */
  public void put(int column, int[] values, int from, int to) {
    startList(column, to - from);
    for (int i = from; i < to; i++) {
      startElement();
      consumer.addInteger(values[i]);
      endElement();
    }
    endList(column, to - from);
  }

  /** The list {@code values[from, to)}. */
  public void put(int column, float[] values, int from, int to) {
    startList(column, to - from);
    for (int i = from; i < to; i++) {
      startElement();
      consumer.addFloat(values[i]);
      endElement();
    }
    endList(column, to - from);
  }

  /** The list of {@code values}, in which NaN stands for nothing. */
  public void put(int column, double[] values) {
    startList(column, values.length);
    for (double value : values) {
      consumer.startGroup();
      if (!Double.isNaN(value)) {
        consumer.startField(ELEMENT, 0);
        consumer.addDouble(value);
        consumer.endField(ELEMENT, 0);
      }
      consumer.endGroup();
    }
    endList(column, values.length);
  }

  private void startList(int column, int length) {
    consumer.startField(names[column], column);
    consumer.startGroup();
    if (length > 0) {
      consumer.startField(LIST, 0);
    }
  }

  private void endList(int column, int length) {
    if (length > 0) {
      consumer.endField(LIST, 0);
    }
    consumer.endGroup();
    consumer.endField(names[column], column);
  }

  private void startElement() {
    consumer.startGroup();
    consumer.startField(ELEMENT, 0);
  }

  private void endElement() {
    consumer.endField(ELEMENT, 0);
    consumer.endGroup();
  }
}
