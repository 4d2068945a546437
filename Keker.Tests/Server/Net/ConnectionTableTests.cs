using Keker.Server.Net;
using Keker.Server.Observability;
using Keker.Tests.EndToEnd;
using Microsoft.Extensions.Time.Testing;

namespace Keker.Tests.Server.Net;

internal sealed class ConnectionTableTests
{
    private readonly Counters _counters = new();
    private readonly List<SocketPair> _sockets = [];

    [TearDown]
    public void CloseSockets()
    {
        foreach (SocketPair pair in _sockets)
            pair.Dispose();
        _sockets.Clear();
    }

    [Test]
    public void Over_the_bound_nothing_is_taken_in_until_something_goes()
    {
        var table = new ConnectionTable(2, 0, new Counters());
        Connection[] connections = [.. Enumerable.Range(0, 3).Select(_ => NewConnection())];

        Assert.That(connections.Select(table.TryAdd), Is.EqualTo(new[] { true, true, false }));
        table.Remove(connections[0]);

        Assert.That(table.TryAdd(connections[2]), Is.True);
        Assert.That(table.Count, Is.EqualTo(2));
    }

    [Test]
    public void Removing_what_was_never_added_or_is_gone_changes_nothing()
    {
        var counters = new Counters();
        var table = new ConnectionTable(10, 0, counters);
        Connection connection = NewConnection();

        table.Remove(connection);
        table.TryAdd(connection);
        table.Remove(connection);
        table.Remove(connection);

        Assert.That((table.Count, counters.Connections.Value), Is.EqualTo((0, 0)));
    }

    [Test]
    public void A_visit_sees_every_connection_once_and_may_remove_them()
    {
        var table = new ConnectionTable(int.MaxValue, 0, _counters);
        Connection[] connections = [.. Enumerable.Range(0, 200).Select(_ => NewConnection())];
        foreach (Connection connection in connections)
            table.TryAdd(connection);
        foreach (Connection connection in connections.Where((_, i) => i % 3 == 0))
            table.Remove(connection);
        Connection[] left = [.. connections.Where((_, i) => i % 3 != 0)];

        List<Connection> visited = [];
        table.Visit(connection =>
        {
            visited.Add(connection);
            table.Remove(connection);
        });

        Assert.That(visited, Is.EquivalentTo(left));
        Assert.That(table.Count, Is.Zero);
    }

    [Test]
    public async Task It_tells_when_the_last_connection_is_gone()
    {
        var table = new ConnectionTable(10, 0, _counters);
        Connection[] connections = [NewConnection(), NewConnection()];
        foreach (Connection connection in connections)
            table.TryAdd(connection);

        Task empty = table.WhenEmpty();
        table.Remove(connections[0]);
        Assert.That(empty.IsCompleted, Is.False);
        table.Remove(connections[1]);

        await empty.Soon("the table to be empty");
        await new ConnectionTable(1, 0, _counters).WhenEmpty().Soon("a table that was always empty");
    }

    private Connection NewConnection()
    {
        var pair = SocketPair.Create();
        _sockets.Add(pair);
        return new Connection(new EngineSocket(pair.Server), isAdmin: false, new MonotonicClock(new FakeTimeProvider()));
    }
}
