using AiFunctions.Gateway.Authentication.Certificates;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace AiFunctions.Gateway.Tests.Authentication.Certificates;

public class ForwardedCertificateTests
{
    private static readonly Dictionary<string, string> AppService = new() { ["WEBSITE_INSTANCE_ID"] = "0a1b" };
    private static readonly Dictionary<string, string> FlexConsumption = new() { ["CONTAINER_NAME"] = "c", ["LEGION_SERVICE_HOST"] = "l" };
    private static readonly Dictionary<string, string> CoreTools = new()
    {
        ["WEBSITE_HOSTNAME"] = "localhost:7071",
        ["AZURE_FUNCTIONS_ENVIRONMENT"] = "Development",
        ["CONTAINER_NAME"] = "laptop",
    };

    private static readonly byte[] Der = [.. Enumerable.Range(0, 1000).Select(i => (byte)i)];

    [Fact]
    public void In_Azure_the_platforms_header_counts_once_an_operator_has_said_that_it_is_the_platforms()
    {
        Assert.Equal(Der, Read(Convert.ToBase64String(Der), AppService));
        Assert.Equal(Der, Read(Convert.ToBase64String(Der), FlexConsumption));
        Assert.Null(Read(Convert.ToBase64String(Der), AppService, isTrusted: false));
        Assert.Null(Read(Convert.ToBase64String(Der), CoreTools));
        Assert.Null(Read(Convert.ToBase64String(Der), []));
    }

    [Fact]
    public void Without_the_header_there_is_no_certificate() => Assert.Null(Source(AppService).Read(new DefaultHttpContext()));

    public static TheoryData<string> NoCertificates =>
    [
        "",
        "%%%",
        "AAA",
        " AAAA",
        "AA AA",
        "AAAA\t",
        "AAAA,AAAA",
        "-----BEGIN CERTIFICATE-----AAAA-----END CERTIFICATE-----",
        new string('A', (16 * 1024) + 4),
    ];

    [Theory]
    [MemberData(nameof(NoCertificates))]
    public void What_is_not_base64_is_a_bad_certificate_and_not_none(string header) => Assert.Empty(Read(header, AppService)!);

    [Fact]
    public void Of_two_headers_none_counts()
    {
        var context = new DefaultHttpContext();
        context.Request.Headers[ForwardedCertificate.Header] = new([Convert.ToBase64String(Der), Convert.ToBase64String(Der)]);

        Assert.Empty(Source(AppService).Read(context)!);
    }

    [Fact]
    public void The_longest_header_is_read() => Assert.Equal(12 * 1024, Read(new string('A', 16 * 1024), AppService)!.Length);

    [Theory]
    [InlineData(ClientCertificateMode.Off, false, true)]
    [InlineData(ClientCertificateMode.Accept, false, false)]
    [InlineData(ClientCertificateMode.Require, false, false)]
    [InlineData(ClientCertificateMode.Require, true, true)]
    public void In_Azure_certificates_are_not_switched_on_without_that_word(ClientCertificateMode mode, bool isTrusted, bool isGood)
    {
        var options = new ClientCertificateOptions { Mode = mode, TrustForwardedHeader = isTrusted };

        Assert.Equal(isGood, new ForwardedCertificateValidator(AppService.GetValueOrDefault).Validate(null, options).Succeeded);
        Assert.True(new ForwardedCertificateValidator(CoreTools.GetValueOrDefault).Validate(null, options).Succeeded);
    }

    [Fact]
    public void A_connections_certificate_comes_from_no_header()
    {
        var context = new DefaultHttpContext();
        context.Request.Headers[ForwardedCertificate.Header] = Convert.ToBase64String(Der);

        Assert.Null(new ConnectionCertificate().Read(context));
    }

    private static byte[]? Read(string header, Dictionary<string, string> environment, bool isTrusted = true)
    {
        var context = new DefaultHttpContext();
        context.Request.Headers[ForwardedCertificate.Header] = header;
        return Source(environment, isTrusted).Read(context);
    }

    private static ForwardedCertificate Source(Dictionary<string, string> environment, bool isTrusted = true) =>
        new(Options.Create(new ClientCertificateOptions { TrustForwardedHeader = isTrusted }), environment.GetValueOrDefault);
}
