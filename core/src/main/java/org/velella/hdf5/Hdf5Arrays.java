package org.velella.hdf5;

import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import io.jhdf.api.dataset.ChunkedDataset;
import io.jhdf.exceptions.HdfFilterException;
import io.jhdf.filter.PipelineFilterWithData;
import io.jhdf.object.message.DataLayout;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/**
 * Reads datasets of a file that is not trusted: what it claims is checked against the length of the
 * file before memory is taken, and the sum over all datasets is bounded too, since hard links can
 * show one dataset many times.
 */
public final class Hdf5Arrays {
  /** Deflate cannot shrink data to less than 1/1032. */
  private static final long GREATEST_RATIO = 1100;

  private static final long SMALL = 1 << 16;
  private static final long COST_OF_A_DATASET = 1 << 10;
  private static final int DEFLATE = 1;
  private static final int SHUFFLE = 2;
  private static final int FLETCHER32 = 3;
  private static final Set<Integer> FILTERS = Set.of(DEFLATE, SHUFFLE, FLETCHER32);
  private static final int ROWS_AT_ONCE = 64;

  private final long fileLength;
  private long left;

  /** Reads from a file of {@code fileLength} bytes. */
  public Hdf5Arrays(long fileLength) {
    this.fileLength = fileLength;
    this.left = GREATEST_RATIO * fileLength + (SMALL << 4);
  }

  /**
   * A numeric dataset as FLOAT32, FLOAT64 or INT64, or null if it is of another type.
   *
   * @throws Hdf5Exception if it claims more than the file can hold, or is stored in a way that is
   *     not supported
   */
  public Tensor numbers(Dataset dataset) {
    admit(dataset);
    if (dataset.getSize() == 0) {
      return Tensor.of(Shape.of(0), new long[0]);
    }
    return Hdf5Numbers.read(dataset);
  }

  /** Whether a dataset holds strings. */
  public static boolean isText(Dataset dataset) {
    return dataset.getJavaType() == String.class;
  }

  /**
   * The one string of a dataset.
   *
   * @throws Hdf5Exception as {@link #numbers}, or if there is not just one
   */
  public String text(Dataset dataset) {
    admit(dataset);
    Object flat = dataset.getDataFlat();
    if (flat instanceof String text) {
      return spend(text);
    }
    if (flat instanceof String[] texts && texts.length == 1) {
      return spend(texts[0]);
    }
    throw new Hdf5Exception(
        "%s: expected numbers or one string, found elements of type %s in shape %s"
            .formatted(
                dataset.getPath(),
                dataset.getJavaType().getSimpleName(),
                Arrays.toString(dataset.getDimensions())));
  }

  /**
   * The strings of a dataset {@code [rows, columns]}.
   *
   * @throws Hdf5Exception as {@link #numbers}, or if it has another shape or type
   */
  public List<String[]> textRows(Dataset dataset, int columns) {
    admit(dataset);
    int[] dims = dataset.getDimensions();
    List<String[]> rows = new ArrayList<>();
    if (dims.length > 0 && dims[0] == 0) {
      return rows;
    }
    if (!isText(dataset) || dims.length != 2 || dims[1] != columns) {
      throw new Hdf5Exception(
          "%s: expected strings of shape [edges, %d], found %s %s"
              .formatted(
                  dataset.getPath(),
                  columns,
                  dataset.getJavaType().getSimpleName(),
                  Arrays.toString(dims)));
    }
    // A few rows at once, since many elements can point to one long string.
    for (int row = 0; row < dims[0]; row += ROWS_AT_ONCE) {
      int count = Math.min(ROWS_AT_ONCE, dims[0] - row);
      Object part = dataset.getData(new long[] {row, 0}, new int[] {count, columns});
      for (Object line : (Object[]) part) {
        String[] texts = (String[]) line;
        for (String text : texts) {
          spend(text);
        }
        rows.add(texts);
      }
    }
    return rows;
  }

  /**
   * A dataset of which elements are read one by one, with {@link #element}. Links are not followed:
   * they can lead into any file of this machine.
   *
   * @param names those of the groups from the root on in which it lies, and its own
   * @throws Hdf5Exception as {@link #numbers}, or if there is no such dataset
   */
  public Dataset admitted(Group root, String... names) {
    Node node = root;
    for (String name : names) {
      Node child = node instanceof Group group ? group.getChildren().get(name) : null;
      if (child == null) {
        throw new Hdf5Exception("%s has no '%s'".formatted(node.getPath(), name));
      }
      if (child.isLink()) {
        throw new Hdf5Exception(
            child.getPath() + " is a link; files are read that hold their data themselves");
      }
      node = child;
    }
    if (!(node instanceof Dataset dataset)) {
      throw new Hdf5Exception(node.getPath() + " is no dataset");
    }
    admit(dataset);
    return dataset;
  }

  /**
   * One element of an admitted dataset {@code [N]}: a number, or an array of numbers if elements
   * are lists.
   *
   * @throws Hdf5Exception if the lists of the file unfold to far more than its length
   */
  public Object element(Dataset dataset, long number) {
    Object slice = dataset.getData(new long[] {number}, new int[] {1});
    if (slice == null || !slice.getClass().isArray() || Array.getLength(slice) != 1) {
      throw new Hdf5Exception(dataset.getPath() + " has no element " + number);
    }
    Object element = Array.get(slice, 0);
    if (element != null && element.getClass().isArray()) {
      // No element of a list takes less than a byte in the file, but lists can be shared.
      spend(Array.getLength(element), "lists");
    }
    return element;
  }

  private String spend(String text) {
    spend(text.length(), "strings");
    return text;
  }

  private void spend(long bytes, String what) {
    left -= bytes;
    if (left < 0) {
      throw new Hdf5Exception(
          "the %s of the file unfold to more than %d times its length; it is damaged or hostile"
              .formatted(what, GREATEST_RATIO));
    }
  }

  private void admit(Dataset dataset) {
    long bytes = dataset.getDataType().getSize();
    for (long dim : dataset.getDimensionsAsLong()) {
      bytes = dim == 0 ? 0 : bytes > Long.MAX_VALUE / dim ? Long.MAX_VALUE : bytes * dim;
    }
    requirePlausible(dataset, bytes);
    if (dataset.getDataLayout() != DataLayout.CHUNKED && bytes > SMALL && bytes > fileLength) {
      // Only chunks can be compressed.
      throw implausible(dataset, bytes);
    }
    spend(bytes + COST_OF_A_DATASET, "datasets");
    if (dataset.getDataLayout() == DataLayout.CHUNKED) {
      admitChunks(dataset);
      long stored = dataset.getStorageInBytes();
      if (bytes > SMALL && bytes / GREATEST_RATIO > stored) {
        throw new Hdf5Exception(
            "%s claims %d bytes of data in chunks of %d bytes; it is damaged, or its values were never written"
                .formatted(dataset.getPath(), bytes, stored));
      }
    }
  }

  private void requirePlausible(Dataset dataset, long bytes) {
    if (bytes < 0 || bytes > SMALL && bytes > GREATEST_RATIO * fileLength) {
      throw implausible(dataset, bytes);
    }
  }

  private Hdf5Exception implausible(Dataset dataset, long bytes) {
    return new Hdf5Exception(
        "%s claims %d bytes of data in a file of %d bytes; it is damaged"
            .formatted(dataset.getPath(), bytes, fileLength));
  }

  private void admitChunks(Dataset dataset) {
    int elementSize = dataset.getDataType().getSize();
    for (PipelineFilterWithData filter : filters(dataset)) {
      if (!FILTERS.contains(filter.getId())) {
        throw otherFilter(dataset, filter.getName(), null);
      }
      int[] data = filter.getFilterData();
      if (filter.getId() == SHUFFLE && (data.length != 1 || data[0] != elementSize)) {
        throw new Hdf5Exception(
            "%s is shuffled by %s bytes, its elements have %d; the file is damaged"
                .formatted(dataset.getPath(), Arrays.toString(data), elementSize));
      }
    }
    if (dataset instanceof ChunkedDataset chunked) {
      requireChunksInside(dataset, chunked.getChunkDimensions());
      long bytes = elementSize;
      for (int dim : chunked.getChunkDimensions()) {
        bytes = dim < 1 || bytes > Integer.MAX_VALUE ? Long.MAX_VALUE / 2 : bytes * dim;
      }
      requirePlausible(dataset, bytes);
    }
  }

  private static List<PipelineFilterWithData> filters(Dataset dataset) {
    try {
      return dataset.getFilters();
    } catch (HdfFilterException e) {
      // It ends in the name and the number of a filter that the library does not know.
      throw otherFilter(dataset, e.getMessage().replaceFirst("^.*: ", ""), e);
    }
  }

  private static Hdf5Exception otherFilter(Dataset dataset, String name, Exception cause) {
    return new Hdf5Exception(
        "%s is stored with the HDF5 filter %s; gzip, shuffle and fletcher32 are supported"
            .formatted(dataset.getPath(), name),
        cause);
  }

  /** HDF5 makes no chunk that is longer than an axis that cannot grow. */
  private static void requireChunksInside(Dataset dataset, int[] chunk) {
    long[] dims = dataset.getDimensionsAsLong();
    long[] most = dataset.getMaxSize();
    for (int axis = 0; axis < Math.min(chunk.length, Math.min(dims.length, most.length)); axis++) {
      if (dims[axis] > 0 && most[axis] == dims[axis] && chunk[axis] > dims[axis]) {
        throw new Hdf5Exception(
            "%s of shape %s is stored in chunks of %s; it is damaged"
                .formatted(dataset.getPath(), Arrays.toString(dims), Arrays.toString(chunk)));
      }
    }
  }
}
