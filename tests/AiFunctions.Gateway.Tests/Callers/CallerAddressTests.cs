using System.Net;
using AiFunctions.Gateway.Callers;
using AiFunctions.Gateway.Hashing;
using AiFunctions.Gateway.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.Tests.Callers;

public class CallerAddressTests
{
    [Theory]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", true)]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    [InlineData("2001:db8:1:2:aaaa::1", "2001:db8:1:2:bbbb::2", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    [InlineData("fe80::1%3", "fe80::1%4", true)]
    public void Addresses_of_one_caller_have_one_hash(string one, string other, bool same) =>
        Assert.Equal(same, Caller().HashOf(IPAddress.Parse(one)) == Caller().HashOf(IPAddress.Parse(other)));

    [Fact]
    public void Who_has_another_secret_has_other_hashes() =>
        Assert.NotEqual(Caller('a').HashOf(IPAddress.Loopback), Caller('b').HashOf(IPAddress.Loopback));

    [Theory]
    [InlineData(0, "203.0.113.9", null)]
    [InlineData(1, "203.0.113.9", "203.0.113.9")]
    [InlineData(1, "203.0.113.9:51234", "203.0.113.9")]
    [InlineData(1, "invented, 203.0.113.9:51234", "203.0.113.9")]
    [InlineData(1, "[2001:db8::1]:51234", "2001:db8::1")]
    [InlineData(1, "2001:db8::1", "2001:db8::1")]
    [InlineData(2, "invented, 203.0.113.9, 10.0.0.1", "203.0.113.9")]
    [InlineData(2, "203.0.113.9", null)]
    [InlineData(1, "unknown", null)]
    [InlineData(1, "", null)]
    [InlineData(1, null, null)]
    public void Only_the_entries_of_our_own_proxies_are_believed(int proxies, string? header, string? found) =>
        Assert.Equal(found is null ? null : IPAddress.Parse(found), CallerAddress.Forwarded(header, proxies));

    [Fact]
    public void Several_headers_are_one_list() =>
        Assert.Equal(IPAddress.Parse("192.0.2.2"), CallerAddress.Forwarded(new(["192.0.2.1, 192.0.2.2", "192.0.2.3"]), 2));

    [Fact]
    public void Without_a_proxy_the_connection_counts_whatever_the_header_says()
    {
        var context = new DefaultHttpContext();
        Assert.Null(Caller().HashOf(context));

        context.Connection.RemoteIpAddress = IPAddress.Loopback;
        context.Request.Headers["X-Forwarded-For"] = "203.0.113.9";
        Assert.Equal(Caller().HashOf(IPAddress.Loopback), Caller().HashOf(context));
        Assert.Equal(Caller().HashOf(IPAddress.Parse("203.0.113.9")), Caller(proxies: 1).HashOf(context));
    }

    // What a caller sends, what Azure's front end makes of it, and what is left of that when host and worker have passed it on.
    [Theory]
    [InlineData("169.254.129.1", null, "203.0.113.9:51234")] // the host replaces the header by its own peer, the front end
    [InlineData("203.0.113.9", null, "203.0.113.9:51234")] // the same where the platform has set the peer
    [InlineData("203.0.113.9", null, null)]
    [InlineData("203.0.113.9", "198.51.100.1", null)] // the header as it was: the worker has taken the front end's entry off
    [InlineData("10.0.0.4", "203.0.113.9:51234", null)] // the host appends its peer
    [InlineData("10.0.0.4", "198.51.100.1, 203.0.113.9:51234", null)]
    [InlineData("::ffff:10.0.0.4", "198.51.100.1, 203.0.113.9:51234", null)]
    [InlineData("fd00::4", "10.0.0.9, 203.0.113.9:51234", null)]
    [InlineData("10.0.0.4", "203.0.113.7, 198.51.100.1", "203.0.113.9:51234")]
    [InlineData(null, "198.51.100.1, 203.0.113.9:51234", null)]
    public void Behind_Azures_front_end_its_caller_counts(string? peer, string? forwarded, string? clientIp) =>
        Assert.Equal(IPAddress.Parse("203.0.113.9"), Caller(azure: true).AddressOf(Request(peer, forwarded, clientIp)));

    [Theory]
    [InlineData("198.51.100.1", "203.0.113.9", "203.0.113.9")]
    [InlineData("198.51.100.1", "192.0.2.1, 203.0.113.9", "203.0.113.9")]
    [InlineData("10.0.0.4", "192.0.2.1, 203.0.113.9, 198.51.100.1:443", "203.0.113.9")]
    [InlineData("10.0.0.4", null, "198.51.100.1")] // all that Azure lets us know: the proxy
    public void Behind_Azures_front_end_and_a_proxy_of_ones_own_the_proxys_caller_counts(string peer, string? forwarded, string found) =>
        Assert.Equal(IPAddress.Parse(found), Caller(proxies: 1, azure: true).AddressOf(Request(peer, forwarded, "198.51.100.1:443")));

    [Theory]
    [InlineData("127.0.0.1", null, "127.0.0.1")]
    [InlineData("127.0.0.1", "unknown", "127.0.0.1")]
    [InlineData(null, null, null)]
    public void Without_a_word_of_the_front_end_the_connection_counts(string? peer, string? forwarded, string? found) =>
        Assert.Equal(found is null ? null : IPAddress.Parse(found), Caller(azure: true).AddressOf(Request(peer, forwarded, "unknown")));

    [Fact]
    public void Elsewhere_nobody_can_pose_as_the_front_end() =>
        Assert.Equal(IPAddress.Parse("192.0.2.1"), Caller().AddressOf(Request("192.0.2.1", "198.51.100.1", "203.0.113.9:51234")));

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 0)]
    [InlineData(false, 1)]
    public void A_header_that_ones_own_proxy_writes_goes_before_all(bool azure, int proxies)
    {
        var caller = Caller(proxies: proxies, azure: azure, header: "X-Azure-SocketIP");
        var request = Request("10.0.0.4", "198.51.100.1", "192.0.2.1:443");
        Assert.NotEqual(IPAddress.Parse("203.0.113.9"), caller.AddressOf(request));

        request.Request.Headers["X-Azure-SocketIP"] = "203.0.113.9";
        Assert.Equal(IPAddress.Parse("203.0.113.9"), caller.AddressOf(request));
    }

    private static DefaultHttpContext Request(string? peer, string? forwarded, string? clientIp)
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = peer is null ? null : IPAddress.Parse(peer);
        context.Request.Headers["X-Forwarded-For"] = forwarded;
        context.Request.Headers["CLIENT-IP"] = clientIp;
        return context;
    }

    private static CallerAddress Caller(char secret = 'k', int proxies = 0, bool azure = false, string? header = null) => new(
        Options.Create(new CallerAddressOptions { Proxies = proxies, AzureFrontEnd = azure, Header = header }),
        new KeyedHash(Options.Create(new HashKeyOptions { HashKey = new string(secret, 32) }), Options.Create(new StorageOptions())));
}
