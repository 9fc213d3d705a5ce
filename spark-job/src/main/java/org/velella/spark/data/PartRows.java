package org.velella.spark.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskKilledException;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.util.TaskCompletionListener;
import org.velella.dataset.Sample;
import org.velella.dataset.SampleData;
import org.velella.dataset.SampleReader;
import org.velella.spark.store.HadoopConf;

/** Reads parts of a data set as rows of the input table; one sample is held at a time. */
final class PartRows implements FlatMapFunction<Iterator<DataPart>, Row> {
  private static final long serialVersionUID = 1L;

  private final DataReading reading;
  private final HadoopConf conf;

  PartRows(DataReading reading, HadoopConf conf) {
    this.reading = reading;
    this.conf = conf;
  }

  @Override
  public Iterator<Row> call(Iterator<DataPart> parts) {
    TaskContext task = TaskContext.get();
    Rows rows = new Rows(parts, conf.toConfiguration(), task);
    task.addTaskCompletionListener((TaskCompletionListener) context -> rows.close());
    return rows;
  }

  /** The rows of all parts of a task. */
  private final class Rows implements Iterator<Row>, AutoCloseable {
    private final Iterator<DataPart> parts;
    private final Configuration hadoop;
    private final TaskContext task;
    private DataPart part;
    private HadoopFile file;
    private SampleReader.Samples samples;
    private long done;
    private Row next;

    Rows(Iterator<DataPart> parts, Configuration hadoop, TaskContext task) {
      this.parts = parts;
      this.hadoop = hadoop;
      this.task = task;
    }

    @Override
    public boolean hasNext() {
      if (task.isInterrupted()) {
        // Spark looks between parts only, and one part may be a file of any length.
        throw new TaskKilledException("The conversion has ended");
      }
      try {
        while (next == null && (samples != null || parts.hasNext())) {
          if (samples == null) {
            open(parts.next());
          }
          Optional<Sample> sample = samples.next();
          if (sample.isPresent()) {
            next = row(sample.get());
            done++;
          } else {
            close();
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot read " + part.file().uri(), e);
      }
      return next != null;
    }

    private void open(DataPart opened) throws IOException {
      part = opened;
      done = 0;
      file = new HadoopFile(part.file().uri(), hadoop);
      samples = reading.read(part, file, hadoop);
    }

    private Row row(Sample sample) {
      long id = part.firstId() < 0 ? sample.number() : part.firstId() + done;
      Object payload;
      if (sample.data() instanceof SampleData.Frames frames) {
        payload = frames.values();
      } else {
        payload = events((SampleData.EventList) sample.data());
      }
      return RowFactory.create(
          id, payload, sample.label() == Sample.NO_LABEL ? null : sample.label());
    }

    private static Row[] events(SampleData.EventList list) {
      Row[] events = new Row[list.steps().length];
      for (int i = 0; i < events.length; i++) {
        events[i] = RowFactory.create(list.steps()[i], list.indices()[i]);
      }
      return events;
    }

    @Override
    public Row next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      Row row = next;
      next = null;
      return row;
    }

    @Override
    public void close() {
      HadoopFile read = file;
      SampleReader.Samples given = samples;
      try (read;
          given) {
        samples = null;
        file = null;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
