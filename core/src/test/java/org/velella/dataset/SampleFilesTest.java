package org.velella.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.velella.dataset.GoldenFiles.expected;
import static org.velella.dataset.GoldenFiles.file;
import static org.velella.dataset.GoldenFiles.rows;

import com.fasterxml.jackson.databind.JsonNode;
import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.velella.tensor.Npz;
import org.velella.tensor.Shape;
import org.velella.tensor.Tensor;

/** Files of samples that others have written, against what Python says is in them. */
class SampleFilesTest {
  private static final Binning MILLISECONDS = new Binning.Steps(new BigDecimal("0.001"));

  @TempDir Path folder;

  private static float[] over255(JsonNode pixels) {
    float[] values = new float[pixels.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = pixels.get(i).asInt() / 255f;
    }
    return values;
  }

  @ParameterizedTest
  @ValueSource(strings = {"shd.h5", "ssc.h5"})
  void spikesOfHdf5(String name) throws IOException {
    ShdSamples reader =
        new ShdSamples(file(name), MILLISECONDS, EventShape.neurons(ShdSamples.COCHLEA));
    JsonNode samples = expected("shd");
    assertThat(reader.samples()).isEqualTo(samples.size());
    // In ranges, as tasks read them.
    for (long first = 0; first < samples.size(); first += 3) {
      long count = Math.min(3, samples.size() - first);
      for (Sample sample : GoldenFiles.some(reader, first, count)) {
        JsonNode wanted = samples.get((int) sample.number());
        assertThat(sample.label()).isEqualTo(wanted.get("label").asInt());
        assertThat(GoldenFiles.steps(sample)).isEqualTo(rows(wanted.get("steps")));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"grey.png", "grey16.png", "colour.png", "alpha.png", "bits.png", "palette.png"})
  void images(String name) throws IOException {
    ImageSample image = new ImageSample(file(name), 3);
    Sample sample = GoldenFiles.all(image).get(0);
    assertThat(sample.label()).isEqualTo(3);
    float[] wanted = over255(expected("images").get(name));
    assertThat(image.shape()).isEqualTo(Shape.of(wanted.length / 35, 5, 7));
    assertThat(GoldenFiles.values(sample)).isEqualTo(wanted);
  }

  /** Decoders of JPEG differ in single pixels, but not on a flat picture. */
  @Test
  void jpeg() throws IOException {
    Sample sample = GoldenFiles.all(new ImageSample(file("flat.jpg"), 0)).get(0);
    assertThat(GoldenFiles.values(sample)).hasSize(256).containsOnly(200 / 255f);
  }

  @Test
  void mnist() throws IOException {
    IdxSamples reader = new IdxSamples(file("digits-idx3-ubyte.gz"), file("digits-idx1-ubyte"));
    assertThat(reader.shape()).isEqualTo(Shape.of(1, 3, 2));
    JsonNode digits = expected("digits");
    List<Sample> all = GoldenFiles.all(reader);
    assertThat(all).hasSize(4);
    for (int i = 0; i < 4; i++) {
      assertThat(GoldenFiles.values(all.get(i))).isEqualTo(over255(digits.get("pixels").get(i)));
      assertThat(all.get(i).label()).isEqualTo(digits.get("labels").get(i).asInt());
    }
    assertThat(GoldenFiles.some(reader, 2, 1).get(0))
        .usingRecursiveComparison()
        .isEqualTo(all.get(2));
  }

  @Test
  void arrays() throws IOException {
    ArraySamples reader = ArraySamples.npy(file("dense.npy"), file("dense_labels.npy"));
    JsonNode digits = expected("digits");
    assertThat(reader.shape()).isEqualTo(Shape.of(6));
    List<Sample> last = GoldenFiles.some(reader, 1, 3);
    for (int i = 0; i < 3; i++) {
      JsonNode pixels = digits.get("pixels").get(i + 1);
      for (int k = 0; k < 6; k++) {
        assertThat(GoldenFiles.values(last.get(i))[k]).isEqualTo(pixels.get(k).asInt());
      }
      assertThat(last.get(i).label()).isEqualTo(digits.get("labels").get(i + 1).asInt());
    }
  }

  @Test
  void framesOfSpikingJelly() throws IOException {
    ArraySamples reader = ArraySamples.npz(file("frames.npz"), 8);
    assertThat(reader.shape()).isEqualTo(Shape.of(3, 2, 34, 34));
    Sample sample = GoldenFiles.all(reader).get(0);
    assertThat(sample.label()).isEqualTo(8);
    assertThat(GoldenFiles.values(sample)).isEqualTo(GoldenFiles.dense(expected("frames")));
  }

  private static SampleReader csv(String text, Binning binning, EventShape shape) {
    return new CsvSamples(
        DataFile.of("events.csv", text.getBytes(StandardCharsets.UTF_8)), binning, shape);
  }

  /** 0.0029999999999 s is not yet step 3 of 1 ms, 0.003 s is. */
  @Test
  void tableOfEvents() throws IOException {
    String text =
        "sample,t,neuron,label\n4,0,2,1\n4,0.0029999999999,0,1\n4,3e-3,1,1\n\n9, 0.5 ,2,0\n";
    SampleReader reader = csv(text, MILLISECONDS, EventShape.neurons(3));
    assertThat(reader.samples()).isEqualTo(2);
    List<Sample> all = GoldenFiles.all(reader);
    assertThat(all).extracting(Sample::number).containsExactly(4L, 9L);
    assertThat(all).extracting(Sample::label).containsExactly(1, 0);
    assertThat(GoldenFiles.steps(all.get(0)))
        .containsExactly(List.of(0L, 2L), List.of(2L, 0L), List.of(3L, 1L));
    assertThat(GoldenFiles.steps(all.get(1))).containsExactly(List.of(500L, 2L));
    assertThat(GoldenFiles.some(reader, 1, 1)).hasSize(1).extracting(Sample::number).contains(9L);
  }

  @Test
  void nothingComesAfterTheLastSample() throws IOException {
    SampleReader reader =
        csv("sample,t,neuron\n0,0,0\n1,0,1\n2,0,2\n", MILLISECONDS, EventShape.neurons(3));
    try (SampleReader.Samples samples = reader.read(0, 1)) {
      assertThat(samples.next()).isPresent();
      assertThat(samples.next()).isEmpty();
      assertThat(samples.next()).isEmpty();
    }
  }

  /** A file in memory that counts its open streams. */
  private static DataFile counted(byte[] bytes, AtomicInteger open) {
    DataFile file = DataFile.of("counted", bytes);
    return new DataFile() {
      @Override
      public String name() {
        return file.name();
      }

      @Override
      public long length() throws IOException {
        return file.length();
      }

      @Override
      public InputStream open(long offset) throws IOException {
        open.incrementAndGet();
        return new FilterInputStream(file.open(offset)) {
          private boolean closed;

          @Override
          public void close() throws IOException {
            open.addAndGet(closed ? 0 : -1);
            closed = true;
            super.close();
          }
        };
      }
    };
  }

  @Test
  void refusedFilesAreClosed() throws IOException {
    AtomicInteger open = new AtomicInteger();
    DataFile text = counted("none of this".getBytes(StandardCharsets.UTF_8), open);
    DataFile dense = counted(Files.readAllBytes(GoldenFiles.FOLDER.resolve("dense.npy")), open);
    DataFile axis = counted(new byte[] {0, 0, 8, 3, -1, 0, 0, 0}, open);
    List<SampleReader> refused =
        List.of(
            new CsvSamples(text, MILLISECONDS, EventShape.neurons(3)),
            ArraySamples.npy(text),
            ArraySamples.npy(dense, text),
            ArraySamples.npy(dense, dense),
            ArraySamples.npz(text, 0),
            new IdxSamples(text),
            new IdxSamples(axis));
    for (SampleReader reader : refused) {
      assertThatThrownBy(() -> reader.read(0, 1)).isInstanceOf(DatasetException.class);
      assertThat(open).hasValue(0);
    }
  }

  @Test
  void imagesOfOtherFormatsAreRefused() throws IOException {
    ByteArrayOutputStream bmp = new ByteArrayOutputStream();
    ImageIO.write(new BufferedImage(2, 2, BufferedImage.TYPE_INT_RGB), "bmp", bmp);
    assertThatThrownBy(() -> new ImageSample(DataFile.of("a.bmp", bmp.toByteArray()), 0).shape())
        .isInstanceOf(DatasetException.class)
        .hasMessage("a.bmp: it is no image of a known format; PNG and JPEG are");
  }

  @Test
  void tableOfCameraEvents() throws IOException {
    String text = "sample,t,x,y,p\n0,0,1,0,1\n0,0.001,0,1,0\n";
    Sample sample = GoldenFiles.all(csv(text, MILLISECONDS, EventShape.camera(2, 2))).get(0);
    assertThat(sample.label()).isEqualTo(Sample.NO_LABEL);
    assertThat(GoldenFiles.steps(sample)).containsExactly(List.of(0L, 5L), List.of(1L, 2L));
  }

  @Test
  void wrongFilesAreNamedWithPlaceAndRemedy() {
    EventShape three = EventShape.neurons(3);
    assertThatThrownBy(
            () -> GoldenFiles.all(csv("sample,t,neuron\n1,0,0\n0,0,0\n", MILLISECONDS, three)))
        .isInstanceOf(DatasetException.class)
        .hasMessage("events.csv, line 3: sample 0 after sample 1; sort the file by sample");
    assertThatThrownBy(
            () -> GoldenFiles.all(csv("sample,t,neuron\n1,soon,0\n", MILLISECONDS, three)))
        .hasMessage("events.csv, line 2: t is 'soon', no time in seconds");
    assertThatThrownBy(() -> csv("a,b\n", MILLISECONDS, three).samples())
        .hasMessageContaining("events.csv, line 1: a header of the columns a,b; they should be");
    assertThatThrownBy(() -> new IdxSamples(file("digits-idx1-ubyte")).samples())
        .hasMessageContaining("no IDX file of bytes with 3 axes; give the images file");
    assertThatThrownBy(() -> ArraySamples.npz(file("events.npz"), 0).shape())
        .hasMessageContaining("events.npz: it has no array 'frames'; it has [t, x, y, p]");
    assertThatThrownBy(() -> new ImageSample(file("expected.json"), 0).shape())
        .hasMessageContaining("expected.json: it is no image of a known format");
    assertThatThrownBy(() -> new ShdSamples(file("grey.png"), MILLISECONDS, three).samples())
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("it should be an HDF5 file in the layout of SHD");
  }

  @Test
  void eventOutsideIsNamedWithItsSampleAndLine() {
    EventShape three = EventShape.neurons(3);
    assertThatThrownBy(
            () ->
                GoldenFiles.all(
                    csv("sample,t,neuron\n1,0,0\n\n2,0,1\n2,0,9\n", MILLISECONDS, three)))
        .isInstanceOf(DatasetException.class)
        .hasMessageStartingWith("events.csv, line 5: of sample 2, an event at x = 9, y = 0,");
    assertThatThrownBy(() -> GoldenFiles.all(csv("sample,t,neuron\n2,-1,1\n", MILLISECONDS, three)))
        .hasMessageStartingWith("events.csv, sample 2: an event at tick");
  }

  @Test
  void linesAreBounded() throws IOException {
    String most = " ".repeat(LineReader.MAX_LINE);
    DataFile file =
        DataFile.of("l.csv", (most + "\r\na\r\rb\n" + most + " ").getBytes(StandardCharsets.UTF_8));
    try (LineReader lines = new LineReader(file)) {
      assertThat(lines.next()).isEqualTo(most);
      assertThat(lines.next()).isEqualTo("a");
      assertThat(lines.next()).isEmpty();
      assertThat(lines.next()).isEqualTo("b");
      assertThatThrownBy(lines::next)
          .isInstanceOf(DatasetException.class)
          .hasMessageStartingWith("l.csv, line 5: it has more than 65536 characters");
    }
    try (LineReader lines =
        new LineReader(DataFile.of("l.csv", "x\n".getBytes(StandardCharsets.UTF_8)))) {
      assertThat(lines.next()).isEqualTo("x");
      assertThat(lines.next()).isNull();
    }
  }

  /** Of a row of doubles, those that no float is. */
  @Test
  void roundedValuesAreCounted() throws IOException {
    double[] doubles = {0.1, 0.5, 16777217, 16777218};
    assertThat(rounded(npy(Tensor.of(Shape.of(2, 2), doubles)))).isEqualTo(2);
    long[] longs = {Long.MAX_VALUE, Long.MIN_VALUE, (1L << 24) + 1, 1L << 40};
    assertThat(rounded(npy(Tensor.of(Shape.of(2, 2), longs)))).isEqualTo(2);
    byte[] floats = npy(Tensor.of(Shape.of(2, 2), new float[4]));
    assertThat(ArraySamples.npy(DataFile.of("f.npy", floats)).mayRound()).isFalse();
  }

  private static byte[] npy(Tensor array) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Npz.write(out, Map.of("a", array));
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(out.toByteArray()))) {
      zip.getNextEntry();
      return zip.readAllBytes();
    }
  }

  private static long rounded(byte[] npy) throws IOException {
    ArraySamples reader = ArraySamples.npy(DataFile.of("d.npy", npy));
    assertThat(reader.mayRound()).isTrue();
    try (SampleReader.Samples samples = reader.read(0, 2)) {
      while (samples.next().isPresent()) {
        // Each is counted as it is read.
      }
      return samples.rounded();
    }
  }

  @Test
  void labelsThatAreNoWholeNumbersAreNamedAsSuch() throws IOException {
    DataFile data = DataFile.of("d.npy", npy(Tensor.of(Shape.of(1, 2), new double[2])));
    DataFile labels = DataFile.of("l.npy", npy(Tensor.of(Shape.of(1), new double[] {0.5})));
    ArraySamples reader = ArraySamples.npy(data, labels);
    assertThatThrownBy(() -> GoldenFiles.all(reader))
        .hasMessage("l.npy: 0.5 is no whole number; labels are whole numbers from 0 on");
  }

  @Test
  void npzWithAnArrayTwiceIsRefused() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      for (String name : List.of("t.npy", "u.npy")) {
        zip.putNextEntry(new ZipEntry(name));
        zip.closeEntry();
      }
    }
    // The JDK writes no name twice.
    byte[] twice =
        out.toString(StandardCharsets.ISO_8859_1)
            .replace("u.npy", "t.npy")
            .getBytes(StandardCharsets.ISO_8859_1);
    assertThatThrownBy(() -> NpzEventFile.isOne(DataFile.of("e.npz", twice)))
        .isInstanceOf(DatasetException.class)
        .hasMessage("Cannot read e.npz as .npz: it has the array 't' twice");
  }

  /** Four bands are CMYK, which no number of three channels is. */
  @Test
  void jpegOfFourBandsIsRefusedByName() throws IOException {
    WritableRaster raster = Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, 8, 8, 4, null);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    try (ImageOutputStream stream = new MemoryCacheImageOutputStream(out)) {
      writer.setOutput(stream);
      writer.write(new IIOImage(raster, null, null));
    } finally {
      writer.dispose();
    }
    ImageSample image = new ImageSample(DataFile.of("print.jpg", out.toByteArray()), 0);
    assertThatThrownBy(image::shape)
        .isInstanceOf(DatasetException.class)
        .hasMessage(
            "print.jpg: its colours are neither grey nor RGB (four bands are CMYK); save the image as RGB");
  }

  /** Where an external link leads to, its file says; the one that is meant here is beside it. */
  @ParameterizedTest
  @CsvSource({
    "external_group.h5, /spikes/times, /spikes",
    "external_times.h5, /spikes/times, /spikes/times",
    "external_labels.h5, /labels, /labels",
    "soft_units.h5, /spikes/units, /spikes/units",
    "self_times.h5, /spikes/times, /spikes/times"
  })
  void linksInHdf5AreNotFollowed(String name, String wanted, String link) throws IOException {
    Path links = Path.of("src", "test", "resources", "golden", "hdf5-links");
    assertThat(shd(links.resolve("target.h5")).samples()).isOne();
    assertThatThrownBy(shd(links.resolve(name))::samples)
        .isInstanceOf(DatasetException.class)
        .hasMessageEndingWith(
            "%s: %s cannot be read (%s is a link; files are read that hold their data themselves); it should be an HDF5 file in the layout of SHD",
            name, wanted, link);
  }

  private static ShdSamples shd(Path file) {
    return new ShdSamples(DataFile.of(file), MILLISECONDS, EventShape.neurons(700));
  }

  @Test
  void hdf5ThatClaimsMoreThanTheFileHoldsIsRefused() throws IOException {
    Path vast = folder.resolve("vast.h5");
    LargeHdf5.write(vast, 2, 3, 1L << 40);
    ShdSamples reader = new ShdSamples(DataFile.of(vast), MILLISECONDS, EventShape.neurons(700));

    assertThatThrownBy(reader::samples)
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("/spikes/times claims 17592186044416 bytes of data in a file of");
  }
}
