using AiFunctions.Gateway.Clients;
using AiFunctions.Gateway.CredentialInUrl;

namespace AiFunctions.Gateway.Tests.CredentialInUrl;

public class UrlCredentialsTests
{
    private static readonly string Key = ApiKey.Create(ApiKey.NewKeyId("abcdefghijkl"));

    // Put together here, so that no scanner takes them for real ones.
    private static readonly string Jwt = "eyJ" + "hbGciOiJSUzI1NiJ9.eyJ" + "zdWIiOiIxMjM0NTY3ODkwIn0.c2lnbmF0dXJl";
    private static readonly string Foreign = "sk-" + "proj-abcdefghijklmnopqrstuvwx";

    [Theory]
    [InlineData("?a=<key>")]
    [InlineData("?x=1&a=<key>&y=2")]
    [InlineData("?a=before%20<key>%20after")]
    [InlineData("?a=before<key>")]
    [InlineData("?a={\"k\":\"<key>\"}")]
    [InlineData("?<key>")]
    [InlineData("?a=Bearer%20<key>")]
    [InlineData("?a=Bearer+anything")]
    [InlineData("?a=bEARER%09anything")]
    [InlineData("?a=Authorization:%20Bearer%20anything")]
    [InlineData("?a=Bearer%2520anything")]
    [InlineData("?a=aif_half-of-a-key")]
    [InlineData("?a=%61if_half")]
    [InlineData("?a=%2561if_half")]
    [InlineData("/<key>")]
    [InlineData("/<key>/more?x=1")]
    [InlineData("/a;b=<key>")]
    [InlineData("/models%3Fa=<key>")]
    [InlineData("?a=<jwt>")]
    [InlineData("?a=x%20<jwt>")]
    [InlineData("/<jwt>")]
    [InlineData("?a=<foreign>")]
    [InlineData("/<foreign>")]
    [InlineData("?key=")]
    [InlineData("?a&TOKEN=x")]
    [InlineData("?a=1;api_key=x")]
    [InlineData("?api%5Fkey=x")]
    [InlineData("?api%255Fkey=x")]
    [InlineData("?next=%2Fback%3Faccess_token%3Dx")]
    [InlineData("?a=%23access_token=x")]
    [InlineData("%23access_token=x")]
    [InlineData("?client_secret=x")]
    public void A_credential_is_found_wherever_it_stands(string address) => Assert.True(UrlCredentials.AreIn("/v1/models" + Filled(address)));

    [Theory]
    [InlineData("")]
    [InlineData("?")]
    [InlineData("?api-version=2024-10-21")]
    [InlineData("?limit=20&cursor=YWJjZGVmZ2hpamts")]
    [InlineData("?cursor=eyJpZCI6ImFiYyJ9")]
    [InlineData("?from=2026-01-01T00:00:00%2B01:00&to=2026-02-01&group_by=client")]
    [InlineData("?client_id=abc123&address=203.0.113.7")]
    [InlineData("/meta-llama/Llama-3.1-8B-Instruct")]
    [InlineData("/meta-llama%2FLlama-3.1-8B-Instruct")]
    [InlineData("/aif_model")]
    [InlineData("/token")]
    [InlineData("/task-abcdefghijklmnopqrstuvwxyz")]
    [InlineData("/forbearer-of-news")]
    [InlineData("?order=asc&after=chatcmpl-abcdefghijklmnopqrstuvwxyz")]
    [InlineData("?q=100%")]
    [InlineData("?q=%zz%2")]
    [InlineData("?tokens=5&keys=6&monkey=7")]
    public void An_ordinary_address_passes(string address) => Assert.False(UrlCredentials.AreIn("/v1/models" + address));

    private static string Filled(string address) => address
        .Replace("<key>", Key, StringComparison.Ordinal).Replace("<jwt>", Jwt, StringComparison.Ordinal).Replace("<foreign>", Foreign, StringComparison.Ordinal);
}
