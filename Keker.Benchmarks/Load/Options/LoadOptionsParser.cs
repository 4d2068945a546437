namespace Keker.Benchmarks.Load.Options;

/// <summary>Reads the arguments: a mode, then options.</summary>
internal static class LoadOptionsParser
{
    private const int RoundsOfComparison = 3;

    /// <summary>A counter for each publisher and subscriber takes 16 bytes; this many are 256 MiB.</summary>
    private const long MostStreams = 1 << 24;

    private static readonly (string Name, LoadMode Mode)[] Modes =
    [
        ("fanout", LoadMode.Fanout), ("direct", LoadMode.Direct), ("http", LoadMode.Http), ("idle", LoadMode.Idle), ("connect", LoadMode.Connect),
    ];

    /// <returns><see cref="LoadMode.None"/> when there is no such mode.</returns>
    public static LoadMode FindMode(string name) => Modes.FirstOrDefault(mode => mode.Name == name).Mode;

    /// <param name="args">A valid mode first.</param>
    /// <param name="mistakes">Takes one line for each mistake.</param>
    /// <returns>Null when there are mistakes.</returns>
    public static LoadOptions? Parse(ReadOnlySpan<string> args, List<string> mistakes)
    {
        string modeName = args[0];
        var options = new LoadOptions { Mode = FindMode(modeName) };
        for (int i = 1; i < args.Length; i++)
        {
            (string name, string? value) = Split(args[i]);
            LoadOption? option = LoadOptionTable.All.FirstOrDefault(option => option.Name == name);
            if (option is null)
            {
                mistakes.Add($"{name} is not known here");
                continue;
            }
            if (option.TakesValue && value is null && i + 1 < args.Length && !args[i + 1].StartsWith("--", StringComparison.Ordinal))
                value = args[++i];
            if (!option.Modes.HasFlag(options.Mode))
                mistakes.Add($"{name} means nothing with {modeName}");
            else if (!option.TakesValue && value is not null)
                mistakes.Add($"{name} takes no value");
            else if (option.TakesValue && value is null)
                mistakes.Add($"{name} needs a value: {option.Wanted}");
            else if (option.Set(options, value ?? "") is { } changed)
                options = changed;
            else
                mistakes.Add($"{name} {value}: it has to be {option.Wanted}");
        }
        options = Complete(options);
        if (mistakes.Count == 0)
            mistakes.AddRange(Contradictions(options));
        return mistakes.Count == 0 ? options : null;
    }

    private static (string Name, string? Value) Split(string argument)
    {
        int at = argument.StartsWith("--", StringComparison.Ordinal) ? argument.IndexOf('=', StringComparison.Ordinal) : -1;
        return at < 0 ? (argument, null) : (argument[..at], argument[(at + 1)..]);
    }

    /// <summary>0 stands for what was not given.</summary>
    private static LoadOptions Complete(LoadOptions options)
    {
        int connections = options switch
        {
            { Connections: > 0 } => options.Connections,
            { Mode: LoadMode.Http } => 0,
            { Mode: LoadMode.Idle or LoadMode.Connect } => 5000,
            _ => 1000,
        };
        return options with
        {
            Connections = connections,
            Window = options.Window > 0 ? options.Window : WindowFor(connections),
            Publishers = options.Publishers > 0 ? options.Publishers : options.Mode == LoadMode.Fanout ? 1 : 16,
            Rounds = options.Rounds > 0 ? options.Rounds : options.Compare.Count > 0 ? RoundsOfComparison : 1,
        };
    }

    /// <summary>Enough to keep a server busy, while a message does not wait behind many others.</summary>
    private static int WindowFor(int connections) => connections switch { <= 10 => 32, <= 100 => 16, <= 1000 => 8, _ => 2 };

    private static IEnumerable<string> Contradictions(LoadOptions options)
    {
        if (options.Mode == LoadMode.Fanout && options.Publishers > options.Window)
            yield return $"--publishers {options.Publishers}: there are only {options.Window} messages in flight (--window)";
        if (options.Url is not null && options.Compare.Count > 0)
            yield return "--url and --compare: a comparison starts its own servers";
        if (LoadMode.Delivering.HasFlag(options.Mode) && (long)options.Connections * options.Publishers > MostStreams)
            yield return $"--connections {options.Connections} times --publishers {options.Publishers} is over {MostStreams}";
    }
}
