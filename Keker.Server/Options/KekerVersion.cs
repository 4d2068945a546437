using System.Reflection;

namespace Keker.Server.Options;

/// <summary>The version that was built.</summary>
internal static class KekerVersion
{
    public static string Text { get; } =
        typeof(KekerVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}
