package org.velella.dataset;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.zip.CRC32;
import javax.imageio.IIOException;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.velella.tensor.Shape;

/**
 * An image as one sample: {@code [C, H, W]} of values from 0 to 1, C being 1 for grey and 3 for
 * colours (red, green, blue). Transparency is left out.
 */
public final class ImageSample implements SampleReader {
  private static final Set<String> FORMATS = Set.of("png", "jpeg", "jpg");
  private static final long MAX_PIXELS = 1L << 26;

  /** What one byte can stand for at most, of PNG by its compression, of JPEG by its blocks. */
  private static final long PNG_PIXELS_PER_BYTE = 8 * 1032;

  private static final long PNG_SIGNATURE = 0x89504e470d0a1a0aL;
  private static final int PNG_HEADER_BYTES = 33;

  private static final long JPEG_PIXELS_PER_BYTE = 512;

  private final DataFile file;
  private final int label;

  /** What was decoded to know the axes, until it is read; else null. */
  private Raw decoded;

  /**
   * An image file.
   *
   * @param label its class, or {@link Sample#NO_LABEL}
   */
  public ImageSample(DataFile file, int label) {
    this.file = file;
    this.label = label;
  }

  @Override
  public long samples() {
    return 1;
  }

  /** The axes of the image: channels, height, width. */
  public Shape shape() throws IOException {
    Raw raw = decode();
    decoded = raw;
    return Shape.of(raw.channels(), raw.height(), raw.width());
  }

  @Override
  public Samples read(long first, long count) {
    return new Samples() {
      private boolean given = count == 0 || first > 0;

      @Override
      public Optional<Sample> next() throws IOException {
        if (given) {
          return Optional.empty();
        }
        given = true;
        Raw raw = decoded == null ? decode() : decoded;
        decoded = null;
        return Optional.of(new Sample(0, new SampleData.Frames(1, raw.values()), label));
      }

      @Override
      public void close() {}
    };
  }

  /** A decoded image. */
  private record Raw(int channels, int height, int width, float[] values) {}

  private Raw decode() throws IOException {
    requireSoundHeader();
    // The cache of plain streams would be a file.
    try (InputStream in = file.open(0);
        ImageInputStream stream = new MemoryCacheImageInputStream(in)) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(stream);
      if (!readers.hasNext()) {
        throw unknownFormat();
      }
      ImageReader reader = readers.next();
      try {
        if (!FORMATS.contains(reader.getFormatName().toLowerCase(Locale.ROOT))) {
          throw unknownFormat();
        }
        reader.setInput(stream, true, true);
        return decode(reader);
      } finally {
        reader.dispose();
      }
    } catch (DatasetException e) {
      throw e;
    } catch (IIOException | RuntimeException | EOFException e) {
      // Decoders trust what they read, so damage can surface as anything.
      throw new DatasetException(
          "%s: the image is damaged (%s)".formatted(file.name(), e.getMessage()), e);
    }
  }

  private DatasetException unknownFormat() {
    return DatasetException.of(file.name(), "it is no image of a known format; PNG and JPEG are");
  }

  /** Of PNG, the size of the image has a checksum, which the decoder does not look at. */
  private void requireSoundHeader() throws IOException {
    byte[] head;
    try (InputStream in = file.open(0)) {
      head = in.readNBytes(PNG_HEADER_BYTES);
    }
    if (head.length < PNG_HEADER_BYTES || ByteBuffer.wrap(head).getLong() != PNG_SIGNATURE) {
      return;
    }
    CRC32 crc = new CRC32();
    crc.update(head, 12, 17);
    if (ByteBuffer.wrap(head).getInt(29) != (int) crc.getValue()) {
      throw DatasetException.of(file.name(), "the image is damaged (the checksum of its header)");
    }
  }

  private Raw decode(ImageReader reader) throws IOException {
    int width = reader.getWidth(0);
    int height = reader.getHeight(0);
    boolean isPng = reader.getFormatName().equalsIgnoreCase("png");
    long perByte = isPng ? PNG_PIXELS_PER_BYTE : JPEG_PIXELS_PER_BYTE;
    long most = Math.min(MAX_PIXELS, perByte * file.length());
    if ((long) width * height > most) {
      throw DatasetException.of(
          file.name(),
          "an image of %d by %d pixels; a file of this length has at most %d"
              .formatted(width, height, most));
    }
    Iterator<ImageTypeSpecifier> types = reader.getImageTypes(0);
    // Some of four bands are taken for colours with transparency, which JPEG does not have.
    if (!isPng && (!types.hasNext() || types.next().getNumBands() > 3)) {
      throw DatasetException.of(
          file.name(),
          "its colours are neither grey nor RGB (four bands are CMYK); save the image as RGB");
    }
    BufferedImage image = reader.read(0);
    boolean isIndexed = image.getColorModel() instanceof IndexColorModel;
    int bands = image.getRaster().getNumBands();
    int channels = isIndexed ? indexedChannels(image) : bands < 3 ? 1 : 3;
    float[] values = new float[channels * width * height];
    if (isIndexed) {
      indexed(image, channels, values);
    } else {
      plain(image, channels, values);
    }
    return new Raw(channels, height, width, values);
  }

  private static int indexedChannels(BufferedImage image) {
    IndexColorModel colours = (IndexColorModel) image.getColorModel();
    for (int i = 0; i < colours.getMapSize(); i++) {
      if (colours.getRed(i) != colours.getGreen(i) || colours.getRed(i) != colours.getBlue(i)) {
        return 3;
      }
    }
    return 1;
  }

  private static void indexed(BufferedImage image, int channels, float[] values) {
    int width = image.getWidth();
    int height = image.getHeight();
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int rgb = image.getRGB(x, y);
        for (int c = 0; c < channels; c++) {
          values[(c * height + y) * width + x] = (rgb >>> 16 - 8 * c & 0xff) / 255f;
        }
      }
    }
  }

  /** The stored numbers, without what colour spaces would make of them. */
  private static void plain(BufferedImage image, int channels, float[] values) {
    Raster raster = image.getRaster();
    int width = image.getWidth();
    int height = image.getHeight();
    int[] row = new int[width];
    for (int c = 0; c < channels; c++) {
      float most = (1 << image.getColorModel().getComponentSize(c)) - 1;
      for (int y = 0; y < height; y++) {
        raster.getSamples(0, y, width, 1, c, row);
        for (int x = 0; x < width; x++) {
          values[(c * height + y) * width + x] = row[x] / most;
        }
      }
    }
  }
}
