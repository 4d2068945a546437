using System.Text.RegularExpressions;

namespace Keker.Tests;

/// <summary>Dependencies point one way: Protocol, Broker, then Net, Http and WebSocket. The sources are read as text, comments left out.</summary>
internal sealed partial class LayeringTests
{
    private const int MostLines = 300;

    private static readonly string Root = FindRoot();

    [Test]
    public void Protocol_knows_bytes_and_values_only() => Expect("Keker.Protocol", [
        "Keker.Server", "System.Net.Sockets", "System.Net.Security", "System.Net.Http", "System.IO.Pipelines", "System.Threading", "Microsoft.Extensions",
        "Socket", "PipeReader", "PipeWriter", "Pipe", "NetworkStream", "FileStream", "File", "Task", "ValueTask", "TimeProvider", "Stopwatch", "DateTime.UtcNow", "DateTime.Now",
        "DateTimeOffset.UtcNow", "DateTimeOffset.Now", "ILogger", "async", "await",
    ]);

    [Test]
    public void Broker_knows_no_socket_and_no_HTTP() => Expect("Keker.Server/Broker", [
        "Keker.Server.Access", "Keker.Server.Net", "Keker.Server.Http", "Keker.Server.WebSocket", "Keker.Server.Sse", "Keker.Server.Presence", "Keker.Server.Inspection",
        "Keker.Protocol.Http", "System.Net", "System.IO.Pipelines", "Socket", "SslStream", "Stream", "ConnectionHandler", "ServerHost", "ServerContext",
    ]);

    /// <summary>The rooms of the broker: what is kept knows nobody who reads it, and what runs a pass or waits for pongs knows no frame.</summary>
    [Test]
    public void Rooms_of_the_broker_know_only_what_they_need()
    {
        Expect("Keker.Server/Broker/Cache", ["Keker.Server.Broker.Sessions", "Keker.Server.Broker.FanOut", "Keker.Server.Broker.Confirming", "Session", "Subscription"]);
        Expect("Keker.Server/Broker/Log", ["Session", "FrameSender", "ISessionTransport", "Receipt"]);
        Expect("Keker.Server/Broker/FanOut", ["ISessionTransport", "Receipt", "PredecessorCheck"]);
        Expect("Keker.Server/Broker/Confirming", ["FrameSender", "ISessionTransport", "Batch", "BatchEncoder"]);
    }

    [Test]
    public void Net_serves_Http_and_WebSocket_and_knows_neither() => Expect("Keker.Server/Net", [
        "Keker.Server.Access", "Keker.Server.Http", "Keker.Server.WebSocket", "Keker.Server.Sse", "Keker.Server.Presence", "Keker.Protocol.Http", "Keker.Protocol.WebSocket", "Keker.Protocol.Commands", "Keker.Protocol.Json", "Keker.Protocol.Sse", "HttpSession", "WebSocketSession", "ConnectionHandler", "ServerHost", "ServerContext",
    ]);

    [Test]
    public void Http_and_WebSocket_see_sockets_only_through_Net()
    {
        string[] forbidden = ["System.Net", "Socket", "SslStream", "NetworkStream", "TcpListener", "ConnectionHandler", "ServerHost"];
        Expect("Keker.Server/Http", [.. forbidden, "Keker.Server.WebSocket", "Keker.Server.Sse"]);
        Expect("Keker.Server/WebSocket", [.. forbidden, "Keker.Server.Http", "Keker.Server.Sse", "Keker.Protocol.Http"]);
        Expect("Keker.Server/Sse", [.. forbidden, "Keker.Server.Http", "Keker.Server.WebSocket", "Keker.Protocol.Http"]);
    }

    [Test]
    public void Access_knows_who_may_and_nobody_who_asks() => Expect("Keker.Server/Access", [
        "Keker.Server.Broker", "Keker.Server.Net", "Keker.Server.Http", "Keker.Server.WebSocket", "Keker.Server.Sse", "Keker.Protocol.Http", "Keker.Protocol.WebSocket",
        "Socket", "SslStream", "Session", "Connection", "ConnectionHandler", "ServerHost", "ServerContext",
    ]);

    [Test]
    public void Presence_knows_the_broker_and_nobody_who_asks() => Expect("Keker.Server/Presence", [
        "Keker.Server.Access", "Keker.Server.Net", "Keker.Server.Http", "Keker.Server.WebSocket", "Keker.Server.Sse", "Keker.Protocol.Http", "Socket", "ISessionTransport",
        "ConnectionHandler", "ServerHost", "ServerContext",
    ]);

    /// <summary>It looks at everybody, and is asked by whoever answers for it only.</summary>
    [Test]
    public void Metrics_are_told_where_they_are_asked_for()
    {
        foreach (string folder in new[] { "Access", "Broker", "Net", "Options", "Observability", "Presence", "Sse", "WebSocket", "Http/Publishing" })
            Expect($"Keker.Server/{folder}", ["Keker.Server.Metrics"]);
    }

    /// <summary>A client knows what is on the wire, and nothing of how a server makes it.</summary>
    [Test]
    public void Client_and_Commands_know_no_broker()
    {
        string[] server = ["Broker", "Http", "WebSocket", "Sse", "Presence", "Rates", "Observability", "Metrics"];
        string[] forbidden = [.. server.Select(name => $"Keker.Server.{name}"), "Socket", "SslStream", "ConnectionHandler", "ServerHost", "ServerContext"];
        Expect("Keker.Server/Client", [.. forbidden, "Keker.Server.Access", "Keker.Server.Commands"]);
        Expect("Keker.Server/Commands", forbidden);
    }

    [Test]
    public void Inspection_knows_what_it_looks_at_and_nobody_who_asks() => Expect("Keker.Server/Inspection", [
        "Keker.Server.Access", "Keker.Server.Net", "Keker.Server.Http", "Keker.Server.WebSocket", "Keker.Server.Sse", "Keker.Protocol.Http", "Socket", "ISessionTransport",
        "ConnectionHandler", "ServerHost", "ServerContext",
    ]);

    [Test]
    public void Options_and_Observability_are_leaves()
    {
        string[] others = ["Access", "Broker", "Net", "Http", "WebSocket", "Sse", "Presence", "Inspection", "Client", "Commands"];
        Expect("Keker.Server/Options", [.. others.Append("Observability").Select(name => $"Keker.Server.{name}"), "ServerContext", "ConnectionHandler"]);
        Expect("Keker.Server/Observability", [.. others.Append("Options").Select(name => $"Keker.Server.{name}"), "ServerContext", "ConnectionHandler"]);
    }

    [Test]
    public void Only_Net_names_a_socket()
    {
        string[] naming = [.. Sources("Keker.Protocol").Concat(Sources("Keker.Server"))
            .Where(file => Names(Code(file), "Socket") || Names(Code(file), "SslStream"))
            .Select(file => file.Replace('\\', '/'))
            .Where(file => !file.Contains("/Net/", StringComparison.Ordinal))];
        Assert.That(naming, Is.Empty);
    }

    /// <summary>The runtime's own ends the process where OpenSSL is missing: only what is signed, and TLS, may ask for it.</summary>
    [Test]
    public void Only_signed_tokens_hash_with_OpenSSL()
    {
        string[] hashes = ["SHA1", "SHA256", "SHA384", "SHA512", "MD5", "HMACSHA1", "HMACSHA256", "HMACSHA384", "HMACSHA512", "RandomNumberGenerator"];
        string[] naming = [.. Sources("Keker.Protocol").Concat(Sources("Keker.Server")).Where(file => hashes.Any(hash => Names(Code(file), hash))).Select(Short)];
        Assert.That(naming, Is.EqualTo(new[] { "Keker.Server/Access/VerificationKey.cs" }));
    }

    [Test]
    public void Files_are_short()
    {
        string[] tooLong = [.. AllSources().Where(file => File.ReadLines(file).Count() > MostLines).Select(Short)];
        Assert.That(tooLong, Is.Empty);
    }

    [Test]
    public void A_file_holds_one_type_and_has_its_name()
    {
        string[] wrong = [.. AllSources().Where(file => !HoldsItsTypeOnly(file)).Select(Short)];
        Assert.That(wrong, Is.Empty);
    }

    [Test]
    public void A_namespace_is_the_folder()
    {
        string[] wrong = [.. AllSources().Where(file => Path.GetFileName(file) != "AssemblyInfo.cs" && !HasNamespaceOfFolder(file)).Select(Short)];
        Assert.That(wrong, Is.Empty);
    }

    private static void Expect(string folder, string[] forbidden)
    {
        string[] files = [.. Sources(folder)];
        Assert.That(files, Is.Not.Empty, folder);
        string[] found = [.. files.SelectMany(file => forbidden.Where(name => Names(Code(file), name)).Select(name => $"{Short(file)} names {name}"))];
        Assert.That(found, Is.Empty);
    }

    private static bool Names(string code, string name) => Regex.IsMatch(code, $@"(?<![\w.]){Regex.Escape(name)}(?!\w)");

    /// <summary>The text without comments and strings, which may speak of anything.</summary>
    private static string Code(string file) => Strings().Replace(Comments().Replace(File.ReadAllText(file), ""), "\"\"");

    private static bool HoldsItsTypeOnly(string file)
    {
        string[] types = [.. TopLevelTypes().Matches(Code(file)).Select(match => match.Groups[1].Value)];
        string name = Path.GetFileNameWithoutExtension(file);
        return types.Length == 0 ? name == "AssemblyInfo" : types.Length == 1 && types[0] == name;
    }

    private static bool HasNamespaceOfFolder(string file)
    {
        string folder = Path.GetDirectoryName(Path.GetRelativePath(Root, file))!;
        return File.ReadAllText(file).Contains($"namespace {folder.Replace(Path.DirectorySeparatorChar, '.')};", StringComparison.Ordinal);
    }

    private static IEnumerable<string> AllSources() => Directory.GetDirectories(Root, "Keker.*").SelectMany(folder => Sources(Path.GetFileName(folder)));

    private static IEnumerable<string> Sources(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories).Where(file => !Generated().IsMatch(file));

    private static string Short(string file) => Path.GetRelativePath(Root, file);

    private static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Keker.sln")))
            folder = Path.GetDirectoryName(folder);
        return folder ?? throw new DirectoryNotFoundException("the tests run outside the source tree");
    }

    [GeneratedRegex(@"[\\/](obj|bin)[\\/]")]
    private static partial Regex Generated();

    [GeneratedRegex(@"//[^\n]*|/\*.*?\*/", RegexOptions.Singleline)]
    private static partial Regex Comments();

    [GeneratedRegex(@"""(?:[^""\\\n]|\\.)*""")]
    private static partial Regex Strings();

    [GeneratedRegex(@"^(?:(?:public|internal|file|sealed|static|abstract|readonly|ref|partial|unsafe)\s+)*(?:class|struct|interface|enum|record(?:\s+(?:class|struct))?|delegate\s+[\w<>\[\]?]+)\s+(\w+)", RegexOptions.Multiline)]
    private static partial Regex TopLevelTypes();
}
