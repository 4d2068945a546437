namespace Keker.Server.Options;

/// <summary>Which options were given, by whom, and which of them could not be read. Not thread-safe.</summary>
internal sealed class GivenOptions
{
    private readonly Dictionary<OptionDefinition, IReadOnlyList<GivenValue>> _values = [];
    private readonly HashSet<OptionDefinition> _unreadable = [];

    public bool IsGiven(OptionDefinition option) => _values.ContainsKey(option) || _unreadable.Contains(option);

    /// <summary>False for an option with a mistake of its own: rules about it would only repeat that.</summary>
    public bool IsReadable(OptionDefinition option) => !_unreadable.Contains(option);

    /// <summary>The name under which the option was given: long option or environment variable.</summary>
    public string SourceOf(OptionDefinition option) => _values.TryGetValue(option, out IReadOnlyList<GivenValue>? values) ? values[0].Source : option.Name;

    public void Add(OptionDefinition option, IReadOnlyList<GivenValue> values) => _values.Add(option, values);

    public void AddUnreadable(OptionDefinition option) => _unreadable.Add(option);

    public KekerOptions Apply(Mistakes mistakes)
    {
        var options = new KekerOptions();
        foreach (OptionDefinition option in OptionDefinitions.All)
        {
            if (!_values.TryGetValue(option, out IReadOnlyList<GivenValue>? values))
                continue;

            int before = mistakes.Count;
            options = option.Apply(options, values, mistakes);
            if (mistakes.Count > before)
                AddUnreadable(option);
        }

        return options;
    }
}
