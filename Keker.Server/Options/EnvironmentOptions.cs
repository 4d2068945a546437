using System.Collections;

namespace Keker.Server.Options;

/// <summary>Options from environment variables. Repeatable ones hold their values separated by commas.</summary>
internal static class EnvironmentOptions
{
    public const string Prefix = "KEKER_";

    /// <summary>The variables of this process.</summary>
    public static IReadOnlyDictionary<string, string> OfProcess() =>
        Environment.GetEnvironmentVariables()
            .Cast<DictionaryEntry>()
            .ToDictionary(entry => (string)entry.Key, entry => (string)entry.Value!, StringComparer.Ordinal);

    /// <summary>Adds what the environment says about options that were not on the command line.</summary>
    public static void AddTo(GivenOptions given, IReadOnlyDictionary<string, string> environment, Mistakes mistakes)
    {
        foreach (OptionDefinition option in OptionDefinitions.All)
        {
            if (given.IsGiven(option) || !environment.TryGetValue(option.EnvironmentVariable, out string? text))
                continue;

            string[] values = option.Repeatable
                ? text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                : text.Length > 0 ? [text] : [];

            if (values.Length > 0)
            {
                given.Add(option, Array.ConvertAll(values, value => new GivenValue(option.EnvironmentVariable, value)));
            }
            else if (option.GuardsAccess)
            {
                mistakes.Add(option.EnvironmentVariable, $"set but empty, expected {option.ArgumentName}; unset it to do without");
                given.AddUnreadable(option);
            }
        }
    }

    /// <summary>
    /// Variables that look like options and are none: told, not refused, because others use the prefix too (a client's KEKER_URL).
    /// What Kubernetes sets for a service named keker is known and passed over.
    /// </summary>
    public static IEnumerable<string> FindUnknown(IReadOnlyDictionary<string, string> environment)
    {
        HashSet<string> known = [.. OptionDefinitions.All.Select(option => option.EnvironmentVariable)];
        return environment.Keys
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal) && !known.Contains(name) && !IsServiceLink(name))
            .Order(StringComparer.Ordinal);
    }

    private static bool IsServiceLink(string name) =>
        name.EndsWith("_SERVICE_HOST", StringComparison.Ordinal)
        || name.Contains("_SERVICE_PORT", StringComparison.Ordinal)
        || name.EndsWith("_PORT", StringComparison.Ordinal)
        || name.Contains("_PORT_", StringComparison.Ordinal);
}
