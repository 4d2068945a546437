namespace Keker.Server.Options;

/// <summary>The manual page kekerd(8) in man(7), made from the definitions that the help text is made from: so they cannot differ.</summary>
internal static class ManualPage
{
    public static void Write(TextWriter output)
    {
        CommandDefinition server = CommandDefinitions.Serve;
        // Without a date, so that the same sources make the same page.
        output.WriteLine($".TH KEKERD 8 \"\" \"kekerd {KekerVersion.Text}\" \"System Administration\"");
        Section(output, "NAME");
        output.WriteLine(Escape($"{server.FullName} - {server.Summary}"));
        Section(output, "SYNOPSIS");
        foreach (CommandDefinition command in (CommandDefinition[])[server, .. CommandDefinitions.All])
        {
            if (command != server)
                output.WriteLine(".br");
            output.WriteLine($".B {Escape(command.FullName)}");
            output.WriteLine(Escape(command.Synopsis));
        }

        Section(output, "DESCRIPTION");
        WriteParagraphs(output, server);
        Section(output, "OPTIONS");
        foreach (OptionGroup group in server.Groups)
        {
            output.WriteLine($".SS {Escape(group.Title)}");
            WriteOptions(output, group);
        }

        Section(output, "COMMANDS");
        foreach (CommandDefinition command in CommandDefinitions.All)
            WriteCommand(output, command);
        Section(output, "SIGNALS");
        Entry(output, "SIGTERM, SIGINT", "The server stops to accept, has every session get what there is, closes it with 1001 over the time of --drain, and ends. A second one ends it at once.");
        Entry(output, "SIGHUP", "Certificate, private key, publish keys and keys of signed tokens are read again; where they cannot be used the old ones stay.");
        Section(output, "ENVIRONMENT");
        Entry(output, "KEKER_...", "Options of the server, see above.");
        Entry(output, CommandDefinitions.UrlVariable, "Where publish, subscribe and status find the server.");
        Entry(output, CommandDefinitions.KeyVariable, "The key that they show, the same variable that the server has.");
        Entry(output, "SSL_CERT_FILE, SSL_CERT_DIR", "Certificates to trust beside those of the system when they speak TLS.");
        Section(output, "EXIT STATUS");
        WriteStatuses(output, server);
        Section(output, "EXAMPLES");
        WriteExamples(output, server);
    }

    private static void WriteCommand(TextWriter output, CommandDefinition command)
    {
        output.WriteLine($".SS {Escape(command.FullName)} {Escape(command.Synopsis)}");
        output.WriteLine(Escape($"{char.ToUpperInvariant(command.Summary[0])}{command.Summary[1..]}."));
        output.WriteLine(".PP");
        WriteParagraphs(output, command);
        foreach (OptionGroup group in command.Groups)
            WriteOptions(output, group);
        output.WriteLine(".PP");
        output.WriteLine("Exit status:");
        WriteStatuses(output, command);
        output.WriteLine(".PP");
        output.WriteLine("Examples:");
        output.WriteLine(".PP");
        WriteExamples(output, command);
    }

    private static void WriteParagraphs(TextWriter output, CommandDefinition command)
    {
        for (int i = 0; i < command.Paragraphs.Length; i++)
        {
            if (i > 0)
                output.WriteLine(".PP");
            output.WriteLine(Escape(command.Paragraphs[i]));
        }
    }

    private static void WriteOptions(TextWriter output, OptionGroup group)
    {
        foreach (OptionText option in group.Options)
        {
            string names = option.ShortName is null ? option.Name : $"{option.ShortName}, {option.Name}";
            string argument = option.ArgumentName.Length == 0 ? "" : $" \\fI{Escape(option.ArgumentName)}\\fR";
            output.WriteLine(".TP");
            output.WriteLine($"\\fB{Escape(names)}\\fR{argument}");
            output.WriteLine(Escape(option.FullMeaning));
        }
    }

    private static void WriteStatuses(TextWriter output, CommandDefinition command)
    {
        foreach ((int status, string meaning) in command.Statuses)
            Entry(output, $"{status}", meaning);
    }

    private static void WriteExamples(TextWriter output, CommandDefinition command)
    {
        foreach (CommandExample example in command.Examples)
        {
            if (example != command.Examples[0])
                output.WriteLine(".PP");
            output.WriteLine(Escape($"{example.Meaning}:"));
            output.WriteLine(".PP");
            output.WriteLine(".nf");
            output.WriteLine(".RS");
            foreach (string line in example.Line.Split('\n'))
                output.WriteLine(Escape(line));
            output.WriteLine(".RE");
            output.WriteLine(".fi");
        }
    }

    private static void Section(TextWriter output, string title) => output.WriteLine($".SH {Escape(title)}");

    private static void Entry(TextWriter output, string name, string meaning)
    {
        output.WriteLine(".TP");
        output.WriteLine($"\\fB{Escape(name)}\\fR");
        output.WriteLine(Escape(meaning));
    }

    /// <summary>Text as it is: a backslash is none, a dash is that of the keyboard, and a dot or quote at the beginning is no request.</summary>
    private static string Escape(string text)
    {
        string escaped = text.Replace("\\", "\\e", StringComparison.Ordinal).Replace("-", "\\-", StringComparison.Ordinal).Replace("'", "\\(aq", StringComparison.Ordinal);
        return escaped.StartsWith('.') ? $"\\&{escaped}" : escaped;
    }
}
