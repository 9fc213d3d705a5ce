package org.velella.spark.cli;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/**
 * Local files by URLs that tell more than a path, as those of stores do: a user and a password
 * before the host, and a query. Hadoop takes a query for a part of the name.
 */
public final class UrlFileSystem extends RawLocalFileSystem {
  /** What the URLs begin with. */
  static final String SCHEME = "stored";

  private URI uri;

  @Override
  public void initialize(URI name, Configuration conf) throws IOException {
    uri = URI.create(name.getScheme() + "://" + name.getAuthority());
    super.initialize(uri, conf);
  }

  @Override
  public String getScheme() {
    return SCHEME;
  }

  @Override
  public URI getUri() {
    // Asked by the constructor of what this extends, too.
    return uri == null ? super.getUri() : uri;
  }

  @Override
  public File pathToFile(Path path) {
    return new File(path.toUri().getPath().replaceFirst("[?].*", ""));
  }
}
