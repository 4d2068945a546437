using System.Collections.Immutable;

namespace Keker.Server.Options;

/// <summary>Rules between options.</summary>
internal static class OptionRules
{
    public static KekerOptions Apply(KekerOptions options, GivenOptions given, Mistakes mistakes)
    {
        RequireTogether(OptionDefinitions.Certificate, OptionDefinitions.Key, given, mistakes);
        RequireTogether(OptionDefinitions.Key, OptionDefinitions.Certificate, given, mistakes);
        RequireDistinctAddresses(options, given, mistakes);
        RequireTrust(options.Listen, OptionDefinitions.Listen, options, given, mistakes);
        RequireTrust(options.AdminListen, OptionDefinitions.AdminListen, options, given, mistakes);
        RequireCheck(given, mistakes);
        return RequireLag(options, given, mistakes);
    }

    private static void RequireTogether(OptionDefinition option, OptionDefinition other, GivenOptions given, Mistakes mistakes)
    {
        if (given.IsGiven(option) && !given.IsGiven(other))
            mistakes.Add(given.SourceOf(option), $"given without {other.Name}, expected both for TLS or none");
    }

    /// <summary>What only narrows or widens a check closes nothing by itself, and would look as if it did.</summary>
    private static void RequireCheck(GivenOptions given, Mistakes mistakes)
    {
        bool hasKeys = given.IsGiven(AccessDefinitions.Key) || given.IsGiven(AccessDefinitions.KeySet);
        foreach (OptionDefinition option in new[] { AccessDefinitions.Issuer, AccessDefinitions.Audience })
        {
            if (given.IsGiven(option) && !hasKeys)
                mistakes.Add(given.SourceOf(option), $"given without {AccessDefinitions.Key.Name} and {AccessDefinitions.KeySet.Name}: no token is checked");
        }
        if (given.IsGiven(AccessDefinitions.PublicTopic) && !hasKeys && !given.IsGiven(AccessDefinitions.Backend))
            mistakes.Add(given.SourceOf(AccessDefinitions.PublicTopic), $"given without {AccessDefinitions.Key.Name}, {AccessDefinitions.KeySet.Name} and {AccessDefinitions.Backend.Name}: every topic is open");
    }

    private static void RequireDistinctAddresses(KekerOptions options, GivenOptions given, Mistakes mistakes)
    {
        HashSet<ListenAddress> seen = [];
        AddDistinct(seen, options.Listen, given.SourceOf(OptionDefinitions.Listen), mistakes);
        AddDistinct(seen, options.AdminListen, given.SourceOf(OptionDefinitions.AdminListen), mistakes);
    }

    private static void AddDistinct(HashSet<ListenAddress> seen, ImmutableArray<ListenAddress> addresses, string source, Mistakes mistakes)
    {
        foreach (ListenAddress address in addresses)
        {
            bool takesAnyPort = address is { Kind: ListenKind.Tcp, Port: 0 };
            if (!takesAnyPort && !seen.Add(address))
                mistakes.Add(new GivenValue(source, address.ToString()), "expected another address, this one is listened on already");
        }
    }

    /// <summary>Nobody could connect there. Who may connect to a unix socket its file decides.</summary>
    private static void RequireTrust(ImmutableArray<ListenAddress> addresses, OptionDefinition option, KekerOptions options, GivenOptions given, Mistakes mistakes)
    {
        foreach (ListenAddress address in addresses)
        {
            if (address is { IsProxied: true, Kind: ListenKind.Tcp } && options.TrustedProxies.IsEmpty && given.IsReadable(OptionDefinitions.TrustProxy))
                mistakes.Add(new GivenValue(given.SourceOf(option), address.ToString()), $"expected {OptionDefinitions.TrustProxy.Name} with it: only proxies that are trusted may connect there");
        }
    }

    /// <summary>A larger write buffer takes the lag along; only a lag that was asked for can be too small.</summary>
    private static KekerOptions RequireLag(KekerOptions options, GivenOptions given, Mistakes mistakes)
    {
        long least = (long)options.WriteBuffer * KekerOptions.LagPerWriteBuffer;
        if (options.Lag >= least || !given.IsReadable(OptionDefinitions.Lag) || !given.IsReadable(OptionDefinitions.WriteBuffer))
            return options;

        if (!given.IsGiven(OptionDefinitions.Lag))
            return options with { Lag = least };

        mistakes.Add(
            $"{given.SourceOf(OptionDefinitions.Lag)} '{options.Lag}'",
            $"expected at least {least} bytes, {KekerOptions.LagPerWriteBuffer} x --write-buffer");
        return options;
    }
}
