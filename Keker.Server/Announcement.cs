using Keker.Server.Net;
using Keker.Server.Observability;
using Keker.Server.Options;
using Microsoft.Extensions.Logging;

namespace Keker.Server;

/// <summary>What the log says at the start: who runs where with what, and what is hardly meant so. Stateless.</summary>
internal static class Announcement
{
    /// <summary>The first lines, once nothing can be wrong with the options any more.</summary>
    /// <param name="log">The log.</param>
    /// <param name="options">What is in force.</param>
    /// <param name="descriptors">How many the process may have.</param>
    /// <param name="memoryBytes">How much memory it may use.</param>
    /// <param name="tls">The certificate; null for none.</param>
    public static void Begin(ILogger log, KekerOptions options, int descriptors, long memoryBytes, TlsUpgrade? tls)
    {
        log.Starting(KekerVersion.Text, Environment.ProcessId, descriptors, memoryBytes >> 20, PublishersOf(options), CertificateTerm.Describe(tls));
        log.SettingsInForce(EffectiveSettings.Line(options));
    }

    /// <summary>Where it serves, and what the operator may want to change.</summary>
    /// <param name="log">The log.</param>
    /// <param name="options">What is in force.</param>
    /// <param name="listeners">Those of --listen, then those of --admin-listen.</param>
    public static void Listeners(ILogger log, KekerOptions options, IReadOnlyList<Listener> listeners)
    {
        for (int i = 0; i < listeners.Count; i++)
            log.Listening(listeners[i].BoundAddress, i < options.Listen.Length ? "" : " (admin)");
        if (options.PublishKeys.IsEmpty && options.AdminListen.IsEmpty)
            log.PublishingIsOpen();
        if (options.AllowedOrigins.IsEmpty)
            log.AnyOrigin();
        foreach (string warning in OptionWarnings.Of(options))
            log.OptionWarning(warning);
    }

    /// <summary>Which keys are in force, and not what they are.</summary>
    public static string KeyHashes(KekerOptions options) =>
        options.PublishKeys.IsEmpty ? "none" : string.Join(", ", options.PublishKeys.Select(key => LogText.Key(key)));

    private static string PublishersOf(KekerOptions options)
    {
        string where = options.AdminListen.IsEmpty ? "a port" : "an admin address";
        if (options.PublishKeys.IsEmpty)
            return $"whoever reaches {where} may publish";
        string token = options.Access.HasKeys ? " or a signed token" : "";
        return options.AdminListen.IsEmpty ? $"publishing needs a key{token}" : $"publishing needs a key{token} and an admin address";
    }
}
