Feature: Quote missing behind a star

  Scenario: A mistake
    * a shopper with an open conversation
    * the shopper says "Hello
    * it is accepted with number 0
