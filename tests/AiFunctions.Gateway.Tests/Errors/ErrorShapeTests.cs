using System.Buffers;
using System.Text;
using AiFunctions.Gateway.Errors;
using Microsoft.AspNetCore.Http;

namespace AiFunctions.Gateway.Tests.Errors;

public class ErrorShapeTests
{
    [Fact]
    public async Task An_operation_has_its_own_shape()
    {
        var context = new DefaultHttpContext();
        using var body = new MemoryStream();
        context.Response.Body = body;
        context.SetEndpoint(new Endpoint(_ => Task.CompletedTask, new EndpointMetadataCollection(new Shouted()), "shouted"));

        await context.WriteErrorAsync(GatewayErrors.NotFound);

        Assert.Equal("NOT_FOUND", Encoding.UTF8.GetString(body.ToArray()));
        Assert.Equal(404, context.Response.StatusCode);
    }

    [Fact]
    public void Without_one_it_is_OpenAIs()
    {
        var output = new ArrayBufferWriter<byte>();

        ErrorShape.Of(new DefaultHttpContext()).WriteEvent(output, GatewayErrors.NotFound, "id");

        var written = Encoding.UTF8.GetString(output.WrittenSpan);
        Assert.StartsWith("data: {\"error\":{\"message\":\"", written, StringComparison.Ordinal);
        Assert.EndsWith("\"code\":\"not_found\",\"param\":null,\"request_id\":\"id\"}}\n\n", written, StringComparison.Ordinal);
    }

    private sealed class Shouted : ErrorShape
    {
        public override void Write(IBufferWriter<byte> output, GatewayError error, string requestId) =>
            output.Write(Encoding.UTF8.GetBytes(error.Code.ToUpperInvariant()));
    }
}
