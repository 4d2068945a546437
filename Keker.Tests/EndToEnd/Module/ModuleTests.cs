using System.Net;
using System.Net.Sockets;

namespace Keker.Tests.EndToEnd.Module;

/// <summary>keker.js against kekerd: what a client gets, and gets again, over connections that break.</summary>
[TestFixture("chromium")]
[TestFixture("node")]
internal sealed class ModuleTests(string hostName) : ModuleFixture(hostName)
{
    private const string Connecting = "[\"state\",\"connecting\"]";
    private const string Connected = "[\"state\",\"connected\"]";
    private const string Waiting = "[\"state\",\"waiting\"]";
    private const string Closed = "[\"state\",\"closed\"]";

    [Test]
    public async Task Text_and_bytes_come_of_the_token_of_topics_and_to_everyone()
    {
        await ConnectAsync();
        await SubscribeAsync("news");
        await PublishAsync("one\ntwo");
        await Host.ExpectAsync("[\"message\",\"-\",\"one\\ntwo\"]");
        await Backend.PublishAsync(Token, [0xFF, 10, 0]);
        await Host.ExpectAsync("[\"message\",\"-\",[255,10,0]]");
        await PublishAsync("");
        await Host.ExpectAsync("[\"message\",\"-\",\"\"]");
        await PublishToAsync("news", "goal");
        await Host.ExpectAsync("[\"topic\",\"news\",\"goal\"]");
        await Backend.BroadcastAsync("all");
        await Host.ExpectAsync("[\"message\",\"*\",\"all\"]");
    }

    [Test]
    public async Task After_a_break_it_goes_on_exactly_where_it_was()
    {
        await ConnectAsync();
        await SubscribeAsync("news");
        await PublishAsync("1");
        await PublishToAsync("news", "a");
        await Host.ExpectAsync("[\"message\",\"-\",\"1\"]", "[\"topic\",\"news\",\"a\"]");

        Proxy.ResetClients();
        await Host.ExpectAsync(Waiting);
        await PublishAsync("2", "3");
        await PublishToAsync("news", "b", "c");
        await AdvanceAsync(0.5);

        await Host.ExpectAsync(
            Connecting, Connected, "[\"message\",\"-\",\"2\"]", "[\"message\",\"-\",\"3\"]", "[\"topic\",\"news\",\"b\"]", "[\"topic\",\"news\",\"c\"]");
        await PublishAsync("4");
        await Host.ExpectAsync("[\"message\",\"-\",\"4\"]");
    }

    [Test]
    public async Task Who_got_nothing_before_the_break_misses_nothing_and_gets_nothing_twice()
    {
        await ConnectAsync();
        await SubscribeAsync("news");
        Proxy.ResetClients();
        await Host.ExpectAsync(Waiting);
        await PublishAsync("1");
        await PublishToAsync("news", "a");
        await AdvanceAsync(0.5);
        await Host.ExpectAsync(Connecting, Connected, "[\"message\",\"-\",\"1\"]", "[\"topic\",\"news\",\"a\"]");
    }

    [Test]
    public async Task A_network_that_falls_silent_is_noticed_after_30_seconds()
    {
        await ConnectAsync();
        await PublishAsync("1");
        await Host.ExpectAsync("[\"message\",\"-\",\"1\"]");
        Proxy.FallSilent();
        await PublishAsync("2", "3");

        await AdvanceAsync(29.9);
        Assert.That(Host.IsQuiet);
        await AdvanceAsync(0.1);
        await Host.ExpectAsync(Waiting);
        await AdvanceAsync(0.5);
        await Host.ExpectAsync(Connecting, Connected, "[\"message\",\"-\",\"2\"]", "[\"message\",\"-\",\"3\"]");
    }

    [Test]
    public async Task A_connection_that_answers_stays()
    {
        await ConnectAsync();
        for (int i = 0; i < 5; i++)
        {
            await AdvanceAsync(25);
            await Host.ExpectAsync("[\"pong\"]");
        }
    }

    [TestCase("happen('online')")]
    [TestCase("happen('visibilitychange')")]
    [TestCase("clock.sleep(20000); clock.advance(0)")]
    public async Task After_a_hole_it_looks_at_once_and_is_back_without_waiting(string sign)
    {
        await ConnectAsync();
        Proxy.FallSilent();
        await PublishAsync("1");
        await Host.RunAsync(sign);
        await AdvanceAsync(1.9);
        Assert.That(Host.IsQuiet);
        await AdvanceAsync(0.1);
        await Host.ExpectAsync(Connecting, Connected, "[\"message\",\"-\",\"1\"]");
    }

    [Test]
    public async Task While_it_waits_the_network_that_comes_back_ends_the_wait()
    {
        await ConnectAsync();
        Proxy.ResetClients();
        await Host.ExpectAsync(Waiting);
        await Host.RunAsync("happen('online')");
        await Host.ExpectAsync(Connecting, Connected);
    }

    [Test]
    public async Task After_a_restart_of_the_server_a_gap_is_told_and_it_goes_on()
    {
        await ConnectAsync();
        await SubscribeAsync("news");
        await PublishAsync("1");
        await Host.ExpectAsync("[\"message\",\"-\",\"1\"]");
        await Keker.DisposeAsync();
        await Host.ExpectAsync(Waiting);
        Keker = await KekerProcess.StartAsync();
        Proxy.Server = Keker.EndPoint;
        await AdvanceAsync(0.5);
        await Host.ExpectAsync(Connecting, Connected);
        Assert.That(await Host.NextAsync(), Does.Match("^\\[\"gap\",\"-\",\"[0-9a-f]+:1\",\"[0-9a-f]+:0\"\\]$"));
        Assert.That(await Host.NextAsync(), Does.Match("^\\[\"gap\",\"news\",\"[0-9a-f]+:0\",\"[0-9a-f]+:0\"\\]$"));
        await PublishAsync("2");
        await Host.ExpectAsync("[\"message\",\"-\",\"2\"]");
    }

    [Test]
    public async Task A_topic_that_was_left_while_it_was_away_is_not_subscribed_to_again()
    {
        await ConnectAsync();
        await SubscribeAsync("news");
        await SubscribeAsync("sports");
        Proxy.ResetClients();
        await Host.ExpectAsync(Waiting);
        await PublishToAsync("news", "a");
        await PublishToAsync("sports", "b");
        await Host.RunAsync("news.unsubscribe(); news.unsubscribe(); clock.advance(500)");
        await Host.ExpectAsync(Connecting, Connected, "[\"topic\",\"sports\",\"b\"]");
        await PublishAsync("1");
        await Host.ExpectAsync("[\"message\",\"-\",\"1\"]");
    }

    [Test]
    public async Task Each_handler_of_a_topic_gets_each_message_until_it_leaves()
    {
        await ConnectAsync();
        await Host.RunAsync("const twice = data => say('twice', data); globalThis.one = k.subscribe('news', twice); globalThis.two = k.subscribe('news', twice)");
        await Backend.WaitForStatAsync("topics", count => count == 1);
        await PublishToAsync("news", "a");
        await Host.ExpectAsync("[\"twice\",\"a\"]", "[\"twice\",\"a\"]");
        await Host.RunAsync("one.unsubscribe()");
        await PublishToAsync("news", "b");
        await Host.ExpectAsync("[\"twice\",\"b\"]");
        await Host.RunAsync("two.unsubscribe()");
        await Backend.WaitForStatAsync("topics", count => count == 0);
        Assert.That(Host.IsQuiet);
    }

    [Test]
    public async Task Handlers_may_throw_subscribe_and_leave()
    {
        await ConnectAsync();
        await Host.RunAsync("""
            globalThis.off = k.on('message', () => { off(); hear(k, 'news'); throw Error('oops'); });
            k.on('message', async () => { throw Error('later'); });
            """);
        await PublishAsync("1");
        await Host.ExpectAsync("[\"message\",\"-\",\"1\"]", "[\"uncaught\",\"oops\"]", "[\"uncaught\",\"later\"]");
        await Backend.WaitForStatAsync("topics", count => count == 1);
        await PublishToAsync("news", "a");
        await Host.ExpectAsync("[\"topic\",\"news\",\"a\"]");
    }

    [Test]
    public async Task A_handler_may_close_it_and_nothing_is_heard_after_that()
    {
        await ConnectAsync();
        await Host.RunAsync("k.on('message', () => k.close())");
        await PublishAsync("1", "2", "3");
        await Host.ExpectAsync("[\"message\",\"-\",\"1\"]", Closed);
        await Backend.WaitForStatAsync("sessions", count => count == 0);
        await Host.RunAsync("k.close(); hear(k, 'news'); happen('online'); clock.advance(1e6)");
        Assert.That(Host.IsQuiet);
        Assert.That(Proxy.WebSockets, Is.EqualTo(1));
    }

    [Test]
    public async Task Closed_while_it_connects_it_stays_closed()
    {
        // Nobody answers there: it goes on connecting until it is closed.
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        Proxy.Server = (IPEndPoint)silent.LocalEndpoint;
        await MakeAsync();
        await Host.RunAsync("k.close(); clock.advance(1e6)");
        await Host.ExpectAsync(Connecting, Closed);
        Assert.That(Host.IsQuiet);
    }

    [Test]
    public async Task A_malformed_HELLO_ends_it_with_an_error()
    {
        await MakeAsync("''");
        await Host.ExpectAsync(Connecting, "[\"error\",1008]", Closed);
        await AdvanceAsync(1000);
        Assert.That(Host.IsQuiet);
    }

    [Test]
    public async Task A_page_that_goes_leaves_its_socket_and_has_all_when_it_comes_back()
    {
        await ConnectAsync();
        await Host.RunAsync("happen('pageshow', { persisted: false }); happen('pagehide')");
        await Host.ExpectAsync(Waiting);
        await Backend.WaitForStatAsync("sessions", count => count == 0);
        await PublishAsync("1");
        await AdvanceAsync(1000);
        Assert.That(Host.IsQuiet);
        await Host.RunAsync("happen('pageshow', { persisted: true })");
        await Host.ExpectAsync(Connecting, Connected, "[\"message\",\"-\",\"1\"]");
    }

    [Test]
    public async Task Without_a_sessionStorage_it_works()
    {
        await Host.RunAsync("Object.defineProperty(globalThis, 'sessionStorage', { get() { throw Error('forbidden'); } })");
        await ConnectAsync();
        await PublishAsync("1");
        await Host.ExpectAsync("[\"message\",\"-\",\"1\"]");
        await Host.RunAsync("k.close()");
        await Host.ExpectAsync(Closed);
    }
}
