namespace Keker.Server.Options;

/// <summary>The text of --help, made from the definitions of commands and options.</summary>
internal static class HelpText
{
    public const int Columns = 80;

    private const int MeaningColumn = 29;

    /// <summary>Writes the text of the server, or of a sub-command.</summary>
    public static void Write(TextWriter output, CommandDefinition command)
    {
        bool isServer = command.Name.Length == 0;
        Wrap(output, $"{command.FullName}{(isServer ? $" {KekerVersion.Text}" : "")}: {command.Summary}", 0);
        output.WriteLine();
        output.WriteLine($"Usage: {command.FullName} {command.Synopsis}");
        if (isServer)
            output.WriteLine($"       {command.FullName} COMMAND [ARGUMENT]...");
        foreach (string paragraph in command.Paragraphs)
        {
            output.WriteLine();
            Wrap(output, paragraph, 0);
        }

        if (isServer)
            WriteCommands(output);
        foreach (OptionGroup group in command.Groups)
        {
            output.WriteLine();
            output.WriteLine($"{group.Title}:");
            foreach (OptionText option in group.Options)
                WriteEntry(output, $"  {(option.ShortName is null ? "   " : $"{option.ShortName},")} {option.Usage}", option.FullMeaning);
        }

        WriteExamples(output, command);
        output.WriteLine();
        output.WriteLine("Exit status:");
        foreach ((int status, string meaning) in command.Statuses)
            WriteEntry(output, $"  {status}", meaning, meaningColumn: 4);
    }

    private static void WriteCommands(TextWriter output)
    {
        output.WriteLine();
        output.WriteLine("Commands, each with a --help of its own:");
        foreach (CommandDefinition command in CommandDefinitions.All)
            WriteEntry(output, $"  {command.Name}", command.Summary, meaningColumn: 13);
    }

    private static void WriteExamples(TextWriter output, CommandDefinition command)
    {
        output.WriteLine();
        output.WriteLine("Examples:");
        foreach (CommandExample example in command.Examples)
        {
            output.WriteLine($"  # {example.Meaning}");
            foreach (string line in example.Line.Split('\n'))
                output.WriteLine($"  {line}");
        }
    }

    /// <summary>A name with its meaning beside it, or beneath where the name is too long.</summary>
    private static void WriteEntry(TextWriter output, string name, string meaning, int meaningColumn = MeaningColumn)
    {
        bool fits = name.Length < meaningColumn;
        if (!fits)
            output.WriteLine(name);
        Wrap(output, meaning, meaningColumn + 1, fits ? name : "");
    }

    /// <param name="output">Takes the lines.</param>
    /// <param name="text">Words with single spaces between.</param>
    /// <param name="indent">Where each line begins.</param>
    /// <param name="start">What stands before that in the first line.</param>
    private static void Wrap(TextWriter output, string text, int indent, string start = "")
    {
        string line = start.PadRight(indent);
        bool isEmpty = true;
        foreach (string word in text.Split(' '))
        {
            if (!isEmpty && line.Length + 1 + word.Length > Columns)
            {
                output.WriteLine(line);
                (line, isEmpty) = (new string(' ', indent), true);
            }

            line += isEmpty ? word : $" {word}";
            isEmpty = false;
        }

        output.WriteLine(line);
    }
}
