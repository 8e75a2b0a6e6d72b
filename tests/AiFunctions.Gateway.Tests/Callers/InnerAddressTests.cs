using System.Net;
using AiFunctions.Gateway.Callers;

namespace AiFunctions.Gateway.Tests.Callers;

public class InnerAddressTests
{
    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("10.255.255.255", true)]
    [InlineData("172.16.0.0", true)]
    [InlineData("172.31.255.255", true)]
    [InlineData("172.32.0.0", false)]
    [InlineData("192.168.0.1", true)]
    [InlineData("192.169.0.1", false)]
    [InlineData("100.64.0.1", true)]
    [InlineData("100.128.0.1", false)]
    [InlineData("169.254.129.1", true)]
    [InlineData("203.0.113.9", false)]
    [InlineData("::1", true)]
    [InlineData("::ffff:10.0.0.1", true)]
    [InlineData("::ffff:203.0.113.9", false)]
    [InlineData("fe80::1%3", true)]
    [InlineData("fd00::1", true)]
    [InlineData("2001:db8::1", false)]
    public void Addresses_of_the_Internet_are_not_inner_ones(string address, bool inner) =>
        Assert.Equal(inner, InnerAddress.Is(IPAddress.Parse(address)));
}
