using Keker.Server.Options;

namespace Keker.Server.Client;

/// <summary>What the client says that it is.</summary>
internal static class ClientName
{
    public static string Text => $"kekerd/{KekerVersion.Text}";
}
