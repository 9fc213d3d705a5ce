package org.velella.spark.cli;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.velella.provenance.Secrets;
import org.velella.spark.job.UsageException;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.representer.Representer;
import org.yaml.snakeyaml.resolver.Resolver;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Options that come from elsewhere than the command line. What the command line says wins, then the
 * {@code --config} file, then {@code spark.velella.*} of the Spark configuration: what is left of
 * those becomes arguments, so that one parser checks them all.
 *
 * <p>Of an option that takes {@code KEY=VALUE} and may come several times, each key is an option of
 * its own: what comes from several places is put together, and only of the same key one wins.
 * Everything else, lists and parameter spaces included, is replaced as a whole.
 */
final class Arguments {
  /** How many times its own characters a file without aliases may come to. */
  private static final int OWN = 4;

  private static final int MOST_OF_A_NUMBER = 32;

  /** Characters that aliases may add to a job file. */
  private static final int MOST_REPEATED = 1 << 20;

  private static final String CONFIG = "--config";
  private static final String CONF = "--conf";
  private static final String PREFIX = "spark.velella.";

  /**
   * What says of a command which run it is about. As defaults of a cluster such settings are meant
   * for new runs: for {@code resume}, they mean something else.
   */
  private static final Map<String, Set<String>> ONLY_OF_ITS_OWN =
      Map.of("resume", Set.of("output", "steps", "samples", "set"));

  private Arguments() {}

  /** The {@code spark.velella.*} settings among some properties, by option name. */
  static Map<String, String> velellaKeys(Properties properties) {
    Map<String, String> found = new TreeMap<>();
    for (String key : properties.stringPropertyNames()) {
      if (key.startsWith(PREFIX)) {
        found.put(key.substring(PREFIX.length()), properties.getProperty(key));
      }
    }
    return found;
  }

  /**
   * The arguments with those from the configuration file and from Spark's configuration.
   *
   * @throws UsageException if the file cannot be read or a key is no option
   */
  static String[] complete(CommandLine line, String[] args, Map<String, String> conf) {
    CommandLine command = args.length == 0 ? null : line.getSubcommands().get(args[0]);
    if (command == null) {
      return args;
    }
    Map<String, Object> settings = new LinkedHashMap<>();
    TreeMap<String, String> spark = new TreeMap<>(conf);
    spark.putAll(velellaKeys(sparkSettings(args)));
    for (Map.Entry<String, String> entry : spark.entrySet()) {
      requireKnown(line, entry.getKey());
      boolean own = ONLY_OF_ITS_OWN.getOrDefault(args[0], Set.of()).contains(entry.getKey());
      if (!own && command.getCommandSpec().findOption("--" + entry.getKey()) != null) {
        settings.put(entry.getKey(), entry.getValue());
      }
    }
    String file = configFile(args);
    if (file != null && command.getCommandSpec().findOption(CONFIG) != null) {
      CommandSpec spec = command.getCommandSpec();
      read(file, spec)
          .forEach(
              (name, value) ->
                  settings.merge(
                      name,
                      value,
                      (weaker, stronger) ->
                          spec.findOption("--" + name).isMultiValue()
                              ? together(weaker, stronger)
                              : stronger));
    }
    List<String> all = new ArrayList<>(List.of(args[0]));
    for (Map.Entry<String, Object> setting : settings.entrySet()) {
      OptionSpec option = command.getCommandSpec().findOption("--" + setting.getKey());
      append(all, option, withoutGiven(option, setting.getValue(), args));
    }
    all.addAll(Arrays.asList(args).subList(1, args.length));
    return all.toArray(String[]::new);
  }

  private static void requireKnown(CommandLine line, String setting) {
    if (List.of("config", "conf", "master").contains(setting)) {
      throw new UsageException(
          "%s%s cannot be a setting of Spark; give --%2$s on the command line"
              .formatted(PREFIX, setting));
    }
    if (line.getSubcommands().values().stream()
        .noneMatch(other -> other.getCommandSpec().findOption("--" + setting) != null)) {
      throw new UsageException("Unknown setting " + PREFIX + setting);
    }
  }

  /** What is left of a setting beside the command line; null for nothing. */
  private static Object withoutGiven(OptionSpec option, Object value, String[] args) {
    if (!isGiven(option, args)) {
      return value;
    }
    Map<Object, Object> left = option.isMultiValue() ? keyed(value) : null;
    if (left == null) {
      return null;
    }
    for (String given : valuesOf(option.longestName(), args)) {
      left.remove(key(given));
    }
    return left;
  }

  /** What is before the first '=', or all. */
  private static String key(String setting) {
    int equals = setting.indexOf('=');
    return equals < 0 ? setting : setting.substring(0, equals);
  }

  /** A setting of two places: keys of both, or the second alone. */
  private static Object together(Object weaker, Object stronger) {
    Map<Object, Object> both = keyed(weaker);
    Map<Object, Object> over = keyed(stronger);
    if (both == null || over == null) {
      return stronger;
    }
    both.putAll(over);
    return both;
  }

  /** Keys and values, of a map or of texts {@code KEY=VALUE}; null if it is neither. */
  private static Map<Object, Object> keyed(Object value) {
    if (value instanceof Map<?, ?> map) {
      return new LinkedHashMap<>(map);
    }
    Map<Object, Object> keyed = new LinkedHashMap<>();
    for (Object each : value instanceof List<?> list ? list : List.of(value)) {
      String text = String.valueOf(each);
      int equals = text.indexOf('=');
      if (equals < 0) {
        return null;
      }
      keyed.put(text.substring(0, equals), text.substring(equals + 1));
    }
    return keyed;
  }

  /** The {@code --conf KEY=VALUE} among some arguments, which say what Spark is told. */
  private static Properties sparkSettings(String[] args) {
    Properties settings = new Properties();
    for (String setting : valuesOf(CONF, args)) {
      int equals = setting.indexOf('=');
      if (equals > 0) {
        settings.setProperty(setting.substring(0, equals), setting.substring(equals + 1));
      }
    }
    return settings;
  }

  /** Has the values of secret settings hidden wherever this process writes texts for people. */
  static void rememberSecrets(String[] args) {
    for (String option : List.of(CONF, "--input-option")) {
      for (String setting : valuesOf(option, args)) {
        int equals = setting.indexOf('=');
        if (equals > 0) {
          Secrets.remember(setting.substring(0, equals), setting.substring(equals + 1));
        }
      }
    }
  }

  private static String configFile(String[] args) {
    List<String> files = valuesOf(CONFIG, args);
    return files.isEmpty() ? null : files.get(files.size() - 1);
  }

  private static List<String> valuesOf(String option, String[] args) {
    List<String> values = new ArrayList<>();
    for (int i = 1; i < args.length; i++) {
      if (args[i].equals(option) && i + 1 < args.length) {
        values.add(args[i + 1]);
      } else if (args[i].startsWith(option + "=")) {
        values.add(args[i].substring(option.length() + 1));
      }
    }
    return values;
  }

  private static boolean isGiven(OptionSpec option, String[] args) {
    return Arrays.stream(option.names())
        .anyMatch(
            name ->
                Arrays.stream(args)
                    .anyMatch(arg -> arg.equals(name) || arg.startsWith(name + "=")));
  }

  private static Map<String, Object> read(String file, CommandSpec command) {
    Object root;
    try {
      String text = Files.readString(Path.of(file));
      root = yaml().load(text);
      requireSmall(file, root, text.length());
    } catch (NoSuchFileException e) {
      throw new UsageException("There is no configuration file " + file, e);
    } catch (IOException e) {
      throw new UsageException("Cannot read the configuration file " + file + ": " + e, e);
    } catch (UsageException e) {
      throw e;
    } catch (RuntimeException e) {
      // Not only YAMLException: what converts values such as !!int 2o0 throws what it likes. Its
      // message may quote the file, in which there may be secrets, so nobody is told of it.
      throw new UsageException("The configuration file %s %s".formatted(file, YamlProblem.of(e)));
    }
    if (!(root instanceof Map<?, ?> map)) {
      throw new UsageException(
          "The configuration file %s must hold option names and values, such as 'steps: 1000'"
              .formatted(file));
    }
    Map<String, Object> settings = new LinkedHashMap<>();
    map.forEach(
        (key, value) -> {
          if (command.findOption("--" + key) == null || key.equals("config")) {
            throw new UsageException(
                "The configuration file %s sets '%s', which is no option of %s; options are %s"
                    .formatted(file, key, command.name(), optionNames(command)));
          }
          if (value == null) {
            throw new UsageException(
                "The configuration file %s gives '%s' no value; write one, or leave the line out"
                    .formatted(file, key));
          }
          requireForm(file, command.findOption("--" + key), value);
          settings.put(String.valueOf(key), value);
        });
    requireNoneOfOurs(file, settings.get(CONF.substring(2)));
    return settings;
  }

  /** An alias repeats a text at no cost to the file, so that little may become much. */
  private static void requireSmall(String file, Object root, long length) {
    long characters = characters(root);
    if (characters > MOST_REPEATED + OWN * length) {
      throw new UsageException(
          "The configuration file %s has %d characters, and with its aliases written out %d; write fewer or shorter ones"
              .formatted(file, length, characters));
    }
  }

  private static long characters(Object value) {
    if (value instanceof Map<?, ?> map) {
      return map.entrySet().stream()
          .mapToLong(entry -> characters(entry.getKey()) + characters(entry.getValue()))
          .sum();
    }
    if (value instanceof Collection<?> some) {
      return some.stream().mapToLong(Arguments::characters).sum();
    }
    if (value instanceof Object[] some) {
      return Arrays.stream(some).mapToLong(Arguments::characters).sum();
    }
    if (value instanceof byte[] bytes) {
      return 2L * bytes.length;
    }
    if (value instanceof BigInteger number) {
      return number.bitLength();
    }
    int other = value == null ? OWN : MOST_OF_A_NUMBER;
    return value instanceof CharSequence text ? text.length() : other;
  }

  /** Keys with values only where an option takes them. */
  private static void requireForm(String file, OptionSpec option, Object value) {
    if (value instanceof Map<?, ?> map
        && !option.isMultiValue()
        && option.type() != GivenSpace.class) {
      throw new UsageException(
          "The configuration file %s gives '%s' keys with values, found %d; it takes one value"
              .formatted(file, option.longestName().substring(2), map.size()));
    }
  }

  /** What the file tells Spark is not read again for options, so none may hide there. */
  private static void requireNoneOfOurs(String file, Object conf) {
    List<String> keys = new ArrayList<>();
    if (conf instanceof Map<?, ?> map) {
      map.keySet().forEach(key -> keys.add(String.valueOf(key)));
    } else if (conf instanceof List<?> list) {
      list.forEach(setting -> keys.add(String.valueOf(setting)));
    } else if (conf != null) {
      keys.add(String.valueOf(conf));
    }
    for (String key : keys) {
      if (key.startsWith(PREFIX)) {
        throw new UsageException(
            "The configuration file %s sets '%s' under 'conf'; write '%s: …' directly"
                .formatted(file, key, key(key.substring(PREFIX.length()))));
      }
    }
  }

  /**
   * A reader that leaves every value the text that it is in the file, as on the command line: to
   * YAML, {@code 010} is the number 8 and {@code 1:30} the number 90. A key must not come twice,
   * and no alias may stand for a list or keys with values, so that a small file stays small.
   */
  private static Yaml yaml() {
    LoaderOptions options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    options.setMaxAliasesForCollections(0);
    DumperOptions unused = new DumperOptions();
    return new Yaml(
        new SafeConstructor(options), new Representer(unused), unused, options, new TextsOnly());
  }

  /** Takes nothing but an absent value for anything else than text. */
  private static final class TextsOnly extends Resolver {
    @Override
    protected void addImplicitResolvers() {
      addImplicitResolver(Tag.NULL, EMPTY, null);
    }
  }

  private static String optionNames(CommandSpec command) {
    return command.options().stream()
        .map(option -> option.longestName().substring(2))
        .filter(name -> !List.of("help", "version", "config").contains(name))
        .collect(Collectors.toCollection(TreeSet::new))
        .stream()
        .collect(Collectors.joining(", "));
  }

  private static void append(List<String> arguments, OptionSpec option, Object value) {
    String name = option.longestName();
    if (value == null) {
      return;
    }
    if (option.isMultiValue() && value instanceof Map<?, ?> map) {
      map.forEach((key, each) -> arguments.add(name + "=" + key + "=" + each));
    } else if (option.isMultiValue() && value instanceof List<?> list) {
      list.forEach(each -> arguments.add(name + "=" + each));
    } else if (value instanceof Map<?, ?>) {
      arguments.add(name + "=" + GivenSpace.text(value));
    } else if (value instanceof List<?> list) {
      arguments.add(
          name + "=" + list.stream().map(String::valueOf).collect(Collectors.joining(",")));
    } else {
      arguments.add(name + "=" + value);
    }
  }
}
