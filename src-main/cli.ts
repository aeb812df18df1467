#!/usr/bin/env node
console.log('keel');
