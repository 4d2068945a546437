namespace Keker.Server.Options;

/// <summary>What is no mistake and hardly meant so. Looks at files.</summary>
internal static class OptionWarnings
{
    /// <summary>Shorter ones can be tried out: 16 random characters are about 80 bits and more.</summary>
    private const int ShortestGoodKey = 16;

    /// <summary>One line each. None has a word of a key.</summary>
    public static IEnumerable<string> Of(KekerOptions options)
    {
        if (options.PublishKeys.Any(key => key.Length < ShortestGoodKey))
            yield return $"a key of --publish-key has fewer than {ShortestGoodKey} characters and can be guessed; take a random one, such as: openssl rand -hex 32";
        foreach (string file in options.PublishKeyFiles.Where(IsOpenToOthers))
            yield return $"every user of this machine can read the publish key in {Mistakes.Quote(file)}: chmod o-r";
        foreach (string file in options.Access.KeyFiles.Where((_, i) => options.Access.Keys[i].Secret is not null).Where(IsOpenToOthers))
            yield return $"every user of this machine can read the secret of --jwt-key in {Mistakes.Quote(file)}: chmod o-r";
        if (options.HookSecretFile is { } secret && IsOpenToOthers(secret))
            yield return $"every user of this machine can read the secret of hooks in {Mistakes.Quote(secret)}: chmod o-r";
        if (options.HookUrl is not null && options.HookSecret.Length == 0)
            yield return "hooks are not signed: the backend cannot tell who sends them; see --hook-secret";
        if (options.KeyPath is { } key && IsOpenToOthers(key))
            yield return $"every user of this machine can read the private key in {Mistakes.Quote(key)}: chmod o-r";
    }

    private static bool IsOpenToOthers(string path)
    {
        if (OperatingSystem.IsWindows())
            return false;
        try
        {
            return (File.GetUnixFileMode(path) & UnixFileMode.OtherRead) != 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Whoever needs the file says what is wrong with it.
            return false;
        }
    }
}
