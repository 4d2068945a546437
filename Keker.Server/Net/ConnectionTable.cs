using Keker.Server.Observability;

namespace Keker.Server.Net;

/// <summary>Every open connection: the bound on their number, and what the heartbeat and the drain visit.</summary>
/// <remarks>Thread-safe. Adding and removing are O(1); a visit holds no lock while it calls back.</remarks>
internal sealed class ConnectionTable(int most, int mostPerAddress, Counters counters)
{
    private readonly Lock _lock = new();
    private readonly Stack<int> _free = new();
    private readonly Dictionary<ulong, int> _perAddress = [];
    private readonly Dictionary<Connection, ulong> _addresses = [];
    private readonly TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Connection?[] _slots = new Connection?[64];
    private int _used;
    private int _count;
    private bool _closed;

    /// <summary>Open connections now.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Takes a connection in.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="isOfProxy">True where its address is that of a proxy that will tell for whom it connects: it counts for that one's, see <see cref="TryRecount"/>.</param>
    /// <returns>False when there are too many already, in all or from its address.</returns>
    public bool TryAdd(Connection connection, bool isOfProxy)
    {
        ulong? address = mostPerAddress > 0 && !isOfProxy ? AddressKey.Of(connection) : null;
        lock (_lock)
        {
            if (_count >= most || (address is { } key && !TryCount(key)))
                return false;
            if (!_free.TryPop(out int index))
            {
                index = _used++;
                if (index == _slots.Length)
                    Array.Resize(ref _slots, _slots.Length * 2);
            }
            _slots[index] = connection;
            if (address is { } counted)
                _addresses[connection] = counted;
            connection.Index = index;
            _count++;
        }
        counters.Connections.Increment();
        return true;
    }

    /// <summary>Takes a connection in that is no proxy's.</summary>
    /// <inheritdoc cref="TryAdd(Connection, bool)"/>
    public bool TryAdd(Connection connection) => TryAdd(connection, isOfProxy: false);

    /// <summary>It is known from now on whose a connection is: it counts for that address.</summary>
    /// <returns>False when there are too many from that address already.</returns>
    public bool TryRecount(Connection connection)
    {
        if (mostPerAddress == 0 || AddressKey.Of(connection) is not { } address)
            return true;
        lock (_lock)
        {
            bool isCounted = _addresses.TryGetValue(connection, out ulong earlier);
            if ((isCounted && earlier == address) || connection.Index < 0)
                return true;
            if (!TryCount(address))
                return false;
            if (isCounted)
                Uncount(earlier);
            _addresses[connection] = address;
            return true;
        }
    }

    /// <summary>Takes a connection out; nothing when it was never taken in.</summary>
    public void Remove(Connection connection)
    {
        if (connection.Index < 0)
            return;
        bool empty;
        lock (_lock)
        {
            _slots[connection.Index] = null;
            _free.Push(connection.Index);
            connection.Index = -1;
            _count--;
            if (_addresses.Remove(connection, out ulong address))
                Uncount(address);
            empty = _closed && _count == 0;
        }
        counters.Connections.Decrement();
        if (empty)
            _empty.TrySetResult();
    }

    /// <summary>Visits every connection; those that come or go meanwhile may be missed.</summary>
    public void Visit(Action<Connection> visit)
    {
        Connection?[] slots;
        int used;
        lock (_lock)
        {
            slots = _slots;
            used = _used;
        }
        for (int i = 0; i < used; i++)
        {
            if (Volatile.Read(ref slots[i]) is { } connection)
                visit(connection);
        }
    }

    /// <summary>Completes when the last connection is gone. Called once, when no more are accepted.</summary>
    public Task WhenEmpty()
    {
        lock (_lock)
        {
            _closed = true;
            if (_count == 0)
                _empty.TrySetResult();
        }
        return _empty.Task;
    }

    private bool TryCount(ulong address)
    {
        int count = _perAddress.GetValueOrDefault(address);
        if (count >= mostPerAddress)
            return false;
        _perAddress[address] = count + 1;
        return true;
    }

    private void Uncount(ulong address)
    {
        int left = _perAddress[address] - 1;
        if (left == 0)
            _perAddress.Remove(address);
        else
            _perAddress[address] = left;
    }
}
