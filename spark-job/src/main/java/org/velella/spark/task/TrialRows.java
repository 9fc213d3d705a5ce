package org.velella.spark.task;

import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.velella.sweep.Parameter;
import org.velella.sweep.Trial;
import org.velella.sweep.TrialList;

/** The trials at some places of a sweep's list as rows: id, seed, and what each parameter is. */
public final class TrialRows implements FlatMapFunction<Iterator<Long>, Row> {
  private static final long serialVersionUID = 1L;

  /** As JSON, which holds spaces instead of trials. */
  private final byte[] trials;

  public TrialRows(TrialList trials) {
    this.trials = trials.toBytes();
  }

  @Override
  public Iterator<Row> call(Iterator<Long> places) {
    TrialList list = TrialList.fromBytes(trials);
    List<Parameter> parameters = list.parameters();
    Iterable<Long> each = () -> places;
    return StreamSupport.stream(each.spliterator(), false)
        .map(place -> row(list.trial(place), parameters))
        .iterator();
  }

  private static Row row(Trial trial, List<Parameter> parameters) {
    Stream<Object> values =
        parameters.stream()
            .map(Parameter::path)
            .map(
                path ->
                    trial.numbers().containsKey(path)
                        ? trial.numbers().get(path)
                        : trial.texts().get(path));
    return RowFactory.create(Stream.concat(Stream.of(trial.id(), trial.seed()), values).toArray());
  }
}
