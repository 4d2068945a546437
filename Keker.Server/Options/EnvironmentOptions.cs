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

            string[] values = option.Repeatable ? Split(text) : text.Length > 0 ? [text] : [];

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
    /// Variables that look like options and are none: told, not refused, because others use the prefix too.
    /// What Kubernetes sets for a service named keker is known and passed over.
    /// </summary>
    /// <param name="environment">All variables.</param>
    /// <param name="mistakes">
    /// Takes those that are one edit away from one that closes something: the operator believes that it is closed. Whatever their prefix is.
    /// </param>
    /// <returns>The others, each with the name that is nearest.</returns>
    public static List<(string Name, string Nearest)> FindUnknown(IReadOnlyDictionary<string, string> environment, Mistakes mistakes)
    {
        string[] known = [.. OptionDefinitions.All.Select(option => option.EnvironmentVariable), CommandDefinitions.UrlVariable];
        string[] guards = [.. OptionDefinitions.All.Where(option => option.GuardsAccess).Select(option => option.EnvironmentVariable)];
        List<(string, string)> unknown = [];
        foreach (string name in environment.Keys.Except(known).Order(StringComparer.Ordinal))
        {
            string normal = name.ToUpperInvariant();
            if (Array.Find(guards, guard => Math.Abs(guard.Length - normal.Length) <= 1 && Likeness.Edits(normal, guard) <= 1) is { } meant)
                mistakes.Add(Mistakes.Quote(name), $"no such option, and nearly {meant}, which guards access: correct it or unset it");
            else if (normal.StartsWith(Prefix, StringComparison.Ordinal) && !IsServiceLink(name))
                unknown.Add((name, Likeness.Nearest(normal, known)));
        }
        return unknown;
    }

    /// <summary>Commas separate values, but for one before a setting of the value before it.</summary>
    private static string[] Split(string text)
    {
        List<string> values = [];
        foreach (string part in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (values.Count > 0 && ListenAddress.IsSetting(part) && ListenAddress.TryParse(values[^1], out _, out _))
                values[^1] += "," + part;
            else
                values.Add(part);
        }
        return [.. values];
    }

    private static bool IsServiceLink(string name) =>
        name.EndsWith("_SERVICE_HOST", StringComparison.Ordinal)
        || name.Contains("_SERVICE_PORT", StringComparison.Ordinal)
        || name.EndsWith("_PORT", StringComparison.Ordinal)
        || name.Contains("_PORT_", StringComparison.Ordinal);
}
