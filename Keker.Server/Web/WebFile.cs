using System.Reflection;
using System.Text;
using Keker.Protocol.Hashes;

namespace Keker.Server.Web;

/// <summary>A file that is a part of the binary, for pages and for developers. Immutable.</summary>
internal sealed class WebFile
{
    private WebFile(byte[] bytes)
    {
        Span<byte> hash = stackalloc byte[Sha256.HashLength];
        Sha256.Hash(bytes, hash);
        Bytes = bytes;
        ETag = Encoding.ASCII.GetBytes($"\"{Convert.ToHexStringLower(hash[..8])}\"");
    }

    /// <summary>The client module, without its comments.</summary>
    public static WebFile Module { get; } = Load("keker.js");

    /// <summary>What TypeScript has to know of it.</summary>
    public static WebFile ModuleTypes { get; } = Load("keker.d.ts");

    /// <summary>What all endpoints take and answer, as OpenAPI 3.1 has it.</summary>
    public static WebFile OpenApi { get; } = Load("openapi.json");

    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>A strong entity tag (RFC 9110, section 8.8.3): another content has another one.</summary>
    public ReadOnlyMemory<byte> ETag { get; }

    /// <summary>The names of the files whose names begin so, in their order.</summary>
    public static IEnumerable<string> NamesIn(string folder) =>
        Assembly.GetExecutingAssembly().GetManifestResourceNames().Where(name => name.StartsWith(folder, StringComparison.Ordinal)).Order(StringComparer.Ordinal);

    /// <summary>Reads a file.</summary>
    public static WebFile Load(string name)
    {
        using Stream file = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!;
        byte[] bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return new WebFile(bytes);
    }
}
