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

    private static CallerAddress Caller(char secret = 'k', int proxies = 0) => new(
        Options.Create(new CallerAddressOptions { Proxies = proxies }),
        new KeyedHash(Options.Create(new HashKeyOptions { HashKey = new string(secret, 32) }), Options.Create(new StorageOptions())));
}
