using System.Text.Json;
using AiFunctions.Gateway.Apis.Embeddings;

namespace AiFunctions.Gateway.Tests.Apis.Embeddings;

public class EmbeddingsRulesTests
{
    [Theory]
    [InlineData("\"text\"")]
    [InlineData("\"\"")]
    [InlineData("[\"one\",\"two\"]")]
    [InlineData("[1,2,3]")]
    [InlineData("[[1,2],[3]]")]
    [InlineData("[\"one\",[1,2]]")]
    [InlineData("[{\"text\":\"one\"},{\"image\":\"https://x.example/i\"}]")]
    public void Every_form_of_input_passes(string input) => Assert.Null(EmbeddingsRules.Check(JsonElement.Parse($"{{\"model\":\"m\",\"input\":{input}}}")));

    [Theory]
    [InlineData("{\"model\":\"m\"}", "input")]
    [InlineData("{\"model\":\"m\",\"input\":null}", "input")]
    [InlineData("{\"model\":\"m\",\"input\":7}", "input")]
    [InlineData("{\"model\":\"m\",\"input\":[]}", "input")]
    [InlineData("{\"model\":\"m\",\"input\":{\"text\":\"x\"}}", "input")]
    [InlineData("{\"model\":\"m\",\"input\":[\"a\",null]}", "input[1]")]
    [InlineData("{\"model\":\"m\",\"input\":[\"a\",7]}", "input[1]")]
    [InlineData("{\"model\":\"m\",\"input\":[[1],[]]}", "input[1]")]
    [InlineData("{\"model\":\"m\",\"input\":[[1],[1.5]]}", "input[1]")]
    [InlineData("{\"model\":\"m\",\"input\":[[-1]]}", "input[0]")]
    [InlineData("{\"model\":\"m\",\"input\":[1,\"a\"]}", "input[0]")]
    [InlineData("{\"model\":\"m\",\"input\":\"x\",\"dimensions\":0}", "dimensions")]
    [InlineData("{\"model\":\"m\",\"input\":\"x\",\"encoding_format\":5}", "encoding_format")]
    [InlineData("{\"model\":\"m\",\"input\":\"x\",\"stream\":true}", "stream")]
    [InlineData("{\"model\":\"m\",\"Input\":\"y\",\"input\":\"x\"}", "input")]
    [InlineData("{\"input\":\"x\"}", "model")]
    public void A_field_that_is_not_what_it_must_be_is_named(string request, string field) =>
        Assert.Equal(field, EmbeddingsRules.Check(JsonElement.Parse(request))?.Param);

    [Theory]
    [InlineData(2048, null)]
    [InlineData(2049, "input")]
    public void There_may_be_as_many_inputs_as_OpenAI_takes(int inputs, string? field) => Assert.Equal(
        field, EmbeddingsRules.Check(JsonElement.Parse($"{{\"model\":\"m\",\"input\":[{string.Join(',', Enumerable.Repeat("\"x\"", inputs))}]}}"))?.Param);

    [Fact]
    public void One_input_may_have_more_tokens_than_there_may_be_inputs() =>
        Assert.Null(EmbeddingsRules.Check(JsonElement.Parse($"{{\"model\":\"m\",\"input\":[{string.Join(',', Enumerable.Range(0, 8000))}]}}")));
}
