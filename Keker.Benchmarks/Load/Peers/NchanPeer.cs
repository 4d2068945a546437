using System.Diagnostics;

namespace Keker.Benchmarks.Load.Peers;

/// <summary>nginx with its nchan module, one worker for each processor.</summary>
internal sealed class NchanPeer : Peer
{
    /// <summary>Those on which it listens and workers talk, and slots of connections that have just ended.</summary>
    private const int SpareConnections = 1024;

    private static readonly string? Nginx = Find("nginx", ["/usr/sbin", "/usr/local/sbin", "/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"]);

    private static readonly string? Module = Find(
        "ngx_nchan_module.so", ["/usr/lib/nginx/modules", "/usr/lib64/nginx/modules", "/usr/share/nginx/modules", "/usr/local/lib/nginx/modules"]);

    public override string Name => "nchan";

    public override string? Missing => Nginx is null || Module is null
        ? $"{(Nginx is null ? "nginx" : "the nchan module of nginx")} was not found, on Debian: apt-get install nginx libnginx-mod-nchan"
        : null;

    public override ProcessStartInfo Command(int port, int connections, string folder)
    {
        string configuration = Path.Combine(folder, "nginx.conf");
        File.WriteAllText(configuration, Configuration(port, connections, folder));
        return new ProcessStartInfo(Nginx!, ["-c", configuration, "-p", folder, "-e", "stderr"]);
    }

    public override string PublishHead(string host, string token, int length) =>
        $"POST /publish?id={token} HTTP/1.1\r\nHost: {host}\r\nContent-Type: text/plain\r\nContent-Length: {length}\r\n\r\n";

    public override IEnumerable<string> Hello(string token) => [];

    protected override string SubscribeTarget(string token) => $"/subscribe?id={token}";

    /// <summary>Messages are kept for as long as Keker keeps them, and connections stay open like Keker's.</summary>
    private static string Configuration(int port, int connections, string folder) => $$"""
        load_module {{Module}};
        daemon off;
        {{(Environment.IsPrivilegedProcess ? "user root;" : "")}}
        worker_processes auto;
        worker_cpu_affinity auto;
        pid {{folder}}/nginx.pid;
        error_log stderr error;
        events {
            worker_connections {{connections + SpareConnections}};
            multi_accept on;
        }
        http {
            access_log off;
            tcp_nodelay on;
            client_body_temp_path {{folder}}/body;
            proxy_temp_path {{folder}}/proxy;
            fastcgi_temp_path {{folder}}/fastcgi;
            uwsgi_temp_path {{folder}}/uwsgi;
            scgi_temp_path {{folder}}/scgi;
            client_body_buffer_size 1m;
            client_max_body_size 2m;
            keepalive_timeout 300s;
            keepalive_requests 1000000000;
            nchan_shared_memory_size 1G;
            server {
                listen 127.0.0.1:{{port}} backlog=4096;
                location = /publish {
                    nchan_publisher;
                    nchan_channel_id $arg_id;
                    nchan_message_buffer_length 1024;
                    nchan_message_timeout 5s;
                }
                location = /subscribe {
                    nchan_subscriber websocket;
                    nchan_channel_id $arg_id;
                    nchan_subscriber_first_message newest;
                    nchan_websocket_ping_interval 30;
                }
            }
        }
        """;

    private static string? Find(string file, string[] folders)
    {
        string[] path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return path.Concat(folders).Select(folder => Path.Combine(folder, file)).FirstOrDefault(File.Exists);
    }
}
