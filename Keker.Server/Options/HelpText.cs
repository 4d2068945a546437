namespace Keker.Server.Options;

/// <summary>The text of --help, made from the definitions of the options.</summary>
internal static class HelpText
{
    public const int Columns = 100;

    private const int MeaningColumn = 29;

    private const string Footer =
        """
        A DURATION is numbers with units, such as 500ms, 5s, 1m30s or 1h; bare digits are seconds. BYTES
        are digits, or 256k, 64M, 1G or the same as 256KiB. on/off may be true/false, yes/no or 1/0.
        Every option is also an environment variable: KEKER_ and its long name in capitals, dashes as
        underscores (KEKER_READ_BUFFER=65536); commas separate the values of one that may be repeated.
        The command line wins over the environment.

        Exit status: 0 after a regular end, 1 when the server cannot start, 2 for mistakes in the options.
        """;

    public static void Write(TextWriter output)
    {
        output.WriteLine($"kekerd {KekerVersion.Text}, a pub/sub broker over plain WebSocket");
        output.WriteLine();
        output.WriteLine("Usage: kekerd [OPTION]...");
        output.WriteLine();
        foreach (OptionDefinition option in OptionDefinitions.All)
        {
            string repeat = option.Repeatable ? "; may be repeated" : "";
            WriteEntry(output, option.ShortName, $"{option.Name} {option.ArgumentName}", $"{option.Meaning}{repeat} (default {option.Default})");
        }

        WriteEntry(output, null, $"{CommandLine.HealthOption} [URL]", "serve nothing: ask the server that has these options, or the one at the URL, whether it is alive, and exit with 0 or 1");
        WriteEntry(output, "-h", "--help", "print this text and exit");
        WriteEntry(output, null, "--version", "print the version and exit");
        output.WriteLine();
        output.WriteLine(Footer);
    }

    private static void WriteEntry(TextWriter output, string? shortName, string name, string meaning)
    {
        string line = $"  {(shortName is null ? "   " : $"{shortName},")} {name}".PadRight(MeaningColumn);
        foreach (string word in meaning.Split(' '))
        {
            if (line.Length + 1 + word.Length > Columns)
            {
                output.WriteLine(line);
                line = new string(' ', MeaningColumn);
            }

            line += $" {word}";
        }

        output.WriteLine(line);
    }
}
