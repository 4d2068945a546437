using Keker.Server.Http.Endpoints;

namespace Keker.Server.Http.Console;

/// <summary>
/// The paths of the console: its files, which hold no secret, and what they ask for, which needs a key where there is one. Only where an operator is served: on the
/// admin listener, or with a key on the others. Thread-safe.
/// </summary>
internal sealed class ConsoleRoutes(ServerContext server)
{
    private readonly HistoryEndpoint _history = new(server);
    private readonly LiveEndpoint _live = new(server);
    private readonly WatchEndpoint _watch = new(server);
    private readonly SettingsEndpoint _settings = new(server);
    private readonly TopicsEndpoint _topics = new(server);
    private readonly SessionDetailsEndpoint _sessions = new(server);
    private readonly MessageSearchEndpoint _message = new(server);
    private readonly FileEndpoint[] _files = FileEndpoint.All(server);

    /// <summary>The endpoint of a path on this kind of listener, or null.</summary>
    public Endpoint? Find(ReadOnlySpan<byte> path, bool isAdmin)
    {
        if (server.IsOpenToAll || (!isAdmin && !server.Options.AdminListen.IsEmpty))
            return null;
        return path.StartsWith("/v1/console/"u8) ? FindData(path["/v1/console/"u8.Length..]) : FindFile(path);
    }

    private Endpoint? FindData(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("live"u8) ? _live :
        name.SequenceEqual("history"u8) ? _history :
        name.SequenceEqual("settings"u8) ? _settings :
        name.SequenceEqual("topics"u8) ? _topics :
        name.SequenceEqual("sessions"u8) ? _sessions :
        name.SequenceEqual("message"u8) ? _message :
        name.SequenceEqual("watch"u8) ? _watch :
        null;

    private FileEndpoint? FindFile(ReadOnlySpan<byte> path)
    {
        foreach (FileEndpoint file in _files)
        {
            if (path.SequenceEqual(file.Path))
                return file;
        }
        return null;
    }
}
